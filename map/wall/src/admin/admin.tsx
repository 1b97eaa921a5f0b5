import { useEffect, useState } from "preact/hooks";
import { mayEdit } from "../app/session";
import { SignedIn } from "../sign_in/signed_in";
import { LangSwitch } from "../text/lang_switch";
import { CamerasPage } from "./cameras_page";
import { ImportPage } from "./import_page";
import { placeOf } from "./import_state";
import type { Place } from "./import_state";
import { Start } from "./start";
import { useAdminWords } from "./words";
import "./admin.css";

function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const follow = () => setPlace(placeOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return place;
}

/** The console: a section at a time, each with its own address. */
export function Admin() {
  const words = useAdminWords();
  const place = usePlace();
  const section = (name: Place["section"]) => (
    <a href={`#${name}`} aria-current={place.section === name ? "page" : undefined}>
      {words.sections[name]}
    </a>
  );
  return (
    <div class="admin">
      <nav aria-label={words.title}>
        <a class="mark" href="/">
          gridwall
        </a>
        {section("start")}
        {section("import")}
        {section("cameras")}
        <footer>
          <LangSwitch />
          <SignedIn class="quiet small" />
        </footer>
      </nav>
      <main>
        {!mayEdit.value ? (
          <p class="notice watch" role="alert">
            <i class="shape watch" />
            {words.forbidden}
          </p>
        ) : place.section === "import" ? (
          <ImportPage id={place.id} />
        ) : place.section === "cameras" ? (
          <CamerasPage id={place.id} />
        ) : (
          <Start />
        )}
      </main>
    </div>
  );
}
