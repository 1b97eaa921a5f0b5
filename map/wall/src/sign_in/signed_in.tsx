import { signOut, userName } from "../app/session";
import { useWords } from "../text/language";

/** Who is signed in, and the way out; nothing where nobody needs to sign in. */
export function SignedIn(props: { class: string }) {
  const { home } = useWords();
  if (!userName.value) return null;
  return (
    <p class={props.class}>
      {userName.value}
      <button type="button" onClick={() => void signOut()}>
        {home.signOut}
      </button>
    </p>
  );
}
