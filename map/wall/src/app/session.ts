/**
 * Who is at this page.
 */
import { signal } from "@preact/signals";
import { api, ApiError } from "../api/client";

/** The name that somebody signed in with; empty where nobody has to. */
export const userName = signal("");

/** Whether they may change cameras; what the engine says is what counts. */
export const mayEdit = signal(false);

/** Whether somebody has to sign in first. An engine that does not answer shuts nobody out. */
export async function isShutOut(): Promise<boolean> {
  try {
    const { name, may } = await api.session();
    mayEdit.value = may.includes("edit");
    userName.value = name.startsWith("user: ") ? name.slice("user: ".length) : "";
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 401;
  }
}

/** The page as it is for nobody: where one signs in. */
export async function signOut(): Promise<void> {
  await api.signOut();
  location.reload();
}
