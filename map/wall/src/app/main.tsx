import { render } from "preact";
import type { ComponentChild } from "preact";
import "../style/tokens.css";
import "../style/base.css";
import { routeOf } from "./route";
import { isShutOut } from "./session";

/** Each page is a chunk of its own: the wall never loads the desk's map. */
async function page(): Promise<ComponentChild> {
  const route = routeOf(location.pathname);
  if (route.page !== "set_up" && (await isShutOut())) {
    if (route.page === "wall") {
      const { Enrol } = await import("../sign_in/enrol");
      return <Enrol screen={route.screen} />;
    }
    const { SignIn } = await import("../sign_in/sign_in");
    return <SignIn />;
  }
  switch (route.page) {
    case "set_up": {
      const { SetUp } = await import("../sign_in/set_up");
      return <SetUp />;
    }
    case "desk": {
      const { Desk } = await import("../desk/desk");
      return <Desk />;
    }
    case "admin": {
      const { Admin } = await import("../admin/admin");
      return <Admin />;
    }
    case "wall": {
      const { Wall } = await import("../wall/wall");
      return <Wall screen={route.screen} />;
    }
    case "home": {
      const { Home } = await import("../home/home");
      return <Home />;
    }
  }
}

const root = document.getElementById("page");
// No top-level await: the pages' chunks may import from this one, and would wait for it
// while it waits for them.
if (root) void page().then((content) => render(content, root));
