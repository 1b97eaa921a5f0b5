import { useEffect, useState } from "preact/hooks";
import { cameras } from "../api/cameras";
import { ApiError } from "../api/client";
import { lang } from "../text/language";
import { CameraFields } from "./camera_fields";
import { changeOf, EMPTY, formOf, wrongNumber } from "./camera_state";
import type { CameraForm } from "./camera_state";
import { CameraTest } from "./camera_test";
import { useCameraWords } from "./camera_words";
import { columnWords } from "./columns";
import { Failure } from "./failure";
import { useAdminWords } from "./words";

/** Somebody else's change came first: HTTP's Precondition Failed. */
const STALE = 412;

interface Known {
  readonly form: CameraForm;
  readonly tag: string;
}

/** A camera's record, to be changed and tested; a new one where `id` is empty. */
export function CameraView({ id }: { readonly id: string }) {
  const words = useCameraWords();
  const admin = useAdminWords();
  const [known, setKnown] = useState<Known | undefined>(id ? undefined : { form: EMPTY, tag: "" });
  const [form, setForm] = useState<CameraForm>(EMPTY);
  const [failure, setFailure] = useState("");
  const [saved, setSaved] = useState(false);
  const [busy, setBusy] = useState(false);

  const read = () =>
    cameras.get(id).then(({ camera, tag }) => {
      setKnown({ form: formOf(camera), tag });
      setForm(formOf(camera));
    });
  useEffect(() => {
    if (id) read().catch((error: Error) => setFailure(error.message));
  }, []);

  const write = async (before: Known) => {
    const change = changeOf(before.form, form);
    if (id) {
      await cameras.change(id, change, before.tag);
      await read();
    } else {
      await cameras.create({ ...change, id: form.id.trim() });
      location.hash = `cameras/${encodeURIComponent(form.id.trim())}`;
    }
  };
  const save = async (before: Known) => {
    const wrong = wrongNumber(form);
    setSaved(false);
    setFailure(wrong ? words.notNumber(columnWords(wrong, lang.value)) : "");
    if (wrong) return;
    setBusy(true);
    try {
      await write(before);
      setSaved(true);
    } catch (error) {
      const stale = error instanceof ApiError && error.status === STALE;
      setFailure(stale ? words.stale : (error as Error).message);
      if (stale) await read();
    } finally {
      setBusy(false);
    }
  };

  if (!known)
    return failure ? <Failure why={failure} onAgain={() => void read()} /> : <p class="quiet">{admin.loading}</p>;
  return (
    <>
      <header>
        <a href="#cameras">{words.back}</a>
        <h1>{id ? known.form.name || id : words.newCamera}</h1>
        {id && <p class="quiet">{id}</p>}
      </header>
      <form
        class="camera"
        onSubmit={(event) => {
          event.preventDefault();
          void save(known);
        }}
      >
        <CameraFields form={form} isNew={!id} onForm={setForm} />
        <p class="actions">
          <button type="submit" class="button" disabled={busy}>
            {words.save}
          </button>
          {failure && (
            <span role="alert">
              <i class="shape alarm" /> {failure}
            </span>
          )}
          {saved && (
            <span role="status">
              <i class="shape live" /> {words.saved}
            </span>
          )}
        </p>
      </form>
      {id && known.form.main && <CameraTest id={id} profile="main" />}
      {id && known.form.sub && <CameraTest id={id} profile="sub" />}
    </>
  );
}
