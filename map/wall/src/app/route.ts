/**
 * Which page a path means. Pure.
 */

export type Route =
  | { readonly page: "home" }
  | { readonly page: "set_up" }
  | { readonly page: "desk" }
  | { readonly page: "admin" }
  | { readonly page: "wall"; readonly screen: string };

export function routeOf(path: string): Route {
  const [first, second] = path.split("/").filter((part) => part !== "");
  if (first === "desk") return { page: "desk" };
  if (first === "wall") return { page: "wall", screen: second ?? "1" };
  if (first === "admin") return { page: "admin" };
  if (first === "set-up") return { page: "set_up" };
  return { page: "home" };
}
