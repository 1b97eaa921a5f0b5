import { useEffect, useState } from "preact/hooks";
import { imports } from "../api/imports";
import type { Import } from "../api/imports";
import { Failure } from "./failure";
import { ImportView } from "./import_view";
import { useAdminWords } from "./words";

/** One import, or where one begins. */
export function ImportPage({ id }: { readonly id: string }) {
  return id ? <ImportView key={id} id={id} /> : <Begin />;
}

function Begin() {
  const words = useAdminWords();
  const [open, setOpen] = useState<readonly Import[]>([]);
  const [sent, setSent] = useState<number>();
  const [over, setOver] = useState(false);
  const [failure, setFailure] = useState("");
  const read = () => {
    setFailure("");
    imports.list().then(setOpen, (error: Error) => setFailure(error.message));
  };
  useEffect(read, []);

  const send = (file: File | undefined) => {
    if (!file || sent !== undefined) return;
    setFailure("");
    setSent(0);
    imports
      .send(file, setSent)
      .then((item) => (location.hash = `import/${item.id}`))
      .catch((error: Error) => setFailure(error.message))
      .finally(() => setSent(undefined));
  };

  return (
    <>
      <header>
        <h1>{words.sections.import}</h1>
        <p class="quiet">{words.import.lead}</p>
      </header>
      {failure && <Failure why={failure} onAgain={read} />}
      <label
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          send(event.dataTransfer?.files[0]);
        }}
      >
        <input
          type="file"
          disabled={sent !== undefined}
          onChange={(event) => send(event.currentTarget.files?.[0])}
        />
        {sent === undefined ? (
          <>
            <b>{words.import.drop}</b>
            <span class="link">{words.import.choose}</span>
            <span class="quiet small">{words.import.kinds}</span>
          </>
        ) : (
          <>
            <b role="status">{words.import.sending(Math.floor(sent * 100))}</b>
            <progress value={sent} aria-label={words.import.sending(Math.floor(sent * 100))} />
          </>
        )}
      </label>
      {open.length > 0 && (
        <section>
          <h2>{words.import.open}</h2>
          <ul class="open-imports">
            {open.map((item) => (
              <li key={item.id}>
                <a href={`#import/${item.id}`}>
                  <b>{item.name}</b>
                  <span class="quiet">{words.import.state[item.state]}</span>
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
