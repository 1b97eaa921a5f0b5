import { mayEdit } from "../app/session";
import { SignedIn } from "../sign_in/signed_in";
import { LangSwitch } from "../text/lang_switch";
import { useWords } from "../text/language";
import "./home.css";

const SCREENS = [1, 2, 3, 4];

export function Home() {
  const { home } = useWords();
  return (
    <main class="home">
      <header>
        <h1>gridwall</h1>
        <p class="quiet">{home.lead}</p>
      </header>
      <nav>
        <a class="choice" href="/desk">
          <b>{home.desk}</b>
          <span class="quiet">{home.deskText}</span>
        </a>
        <div class="choice">
          <b>{home.wall}</b>
          <span class="quiet">{home.wallText}</span>
          <span class="screens">
            {SCREENS.map((n) => (
              <a key={n} href={`/wall/${n}`} aria-label={home.screen(n)}>
                {n}
              </a>
            ))}
          </span>
        </div>
        {mayEdit.value && (
          <a class="choice" href="/admin">
            <b>{home.admin}</b>
            <span class="quiet">{home.adminText}</span>
          </a>
        )}
      </nav>
      <footer>
        <LangSwitch />
        <SignedIn class="quiet" />
      </footer>
    </main>
  );
}
