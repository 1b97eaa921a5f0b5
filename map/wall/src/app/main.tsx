import { render } from "preact";
import type { ComponentChild } from "preact";
import "../style/tokens.css";
import "../style/base.css";
import { routeOf } from "./route";

/** Each page is a chunk of its own: the wall never loads the desk's map. */
async function page(): Promise<ComponentChild> {
  const route = routeOf(location.pathname);
  switch (route.page) {
    case "desk": {
      const { Desk } = await import("../desk/desk");
      return <Desk />;
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
