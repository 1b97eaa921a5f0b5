import { useEffect, useState } from "preact/hooks";
import { cameras } from "../api/cameras";
import type { CameraLine } from "../api/cameras";
import { useWords } from "../text/language";
import { CameraView } from "./camera_view";
import { useCameraWords } from "./camera_words";
import { Failure } from "./failure";
import { useAdminWords } from "./words";

/** So many are listed; who looks for one types. */
const LISTED = 100;
/** From the last letter typed until it is looked for. */
const TYPING_MS = 150;

/** The list, one camera, or a new one ("new"). */
export function CamerasPage({ id }: { readonly id: string }) {
  return id ? <CameraView key={id} id={id === "new" ? "" : id} /> : <CameraList />;
}

function useFound(text: string) {
  const [found, setFound] = useState<readonly CameraLine[]>();
  const [failure, setFailure] = useState("");
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      cameras.find(text, LISTED).then(
        (items) => {
          if (!left) setFound(items);
        },
        (error: Error) => {
          if (!left) setFailure(error.message);
        },
      );
    }, TYPING_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [text, turn]);
  const again = () => {
    setFailure("");
    setTurn((n) => n + 1);
  };
  return { found, failure, again };
}

function CameraList() {
  const words = useCameraWords();
  const admin = useAdminWords();
  const { state } = useWords();
  const [text, setText] = useState("");
  const { found, failure, again } = useFound(text.trim());
  return (
    <>
      <header class="of-import">
        <h1>{words.title}</h1>
        <a class="button" href="#cameras/new">
          {words.create}
        </a>
      </header>
      <input
        class="search"
        type="search"
        placeholder={words.search}
        aria-label={words.search}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      {failure && <Failure why={failure} onAgain={again} />}
      {!found && !failure && <p class="quiet">{admin.loading}</p>}
      {found?.length === 0 && <p class="quiet">{words.nothing(text.trim())}</p>}
      {found && found.length > 0 && (
        <section class="report camera-list" aria-label={words.title}>
          <table>
            <tbody>
              {found.map((camera) => (
                <tr key={camera.id}>
                  <td>
                    <a href={`#cameras/${encodeURIComponent(camera.id)}`}>{camera.name || camera.id}</a>
                  </td>
                  <td class="quiet">{camera.id}</td>
                  <td>{camera.department}</td>
                  <td>
                    <i class={`shape ${camera.state}`} /> {state[camera.state]}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {found.length === LISTED && <p class="quiet">{words.more(LISTED)}</p>}
        </section>
      )}
    </>
  );
}
