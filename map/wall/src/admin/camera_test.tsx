import { useState } from "preact/hooks";
import { cameras } from "../api/cameras";
import type { Probe, Profile } from "../api/cameras";
import { lang } from "../text/language";
import { useCameraWords } from "./camera_words";

/** "1920 × 1080", "H.264" as it is called on the wire; "" for what is not known. */
function pictureOf({ video, width, height }: Probe): string {
  return [video === "none" ? "" : video.toUpperCase(), width && height ? `${width} × ${height}` : ""].filter(Boolean).join(", ");
}

function speedOf({ frames_per_s, bits_per_s }: Probe): string {
  return [
    frames_per_s === null ? "" : `${frames_per_s.toFixed(1)}/s`,
    bits_per_s === null ? "" : `${Math.round(bits_per_s / 1000)} kbit/s`,
  ].filter(Boolean).join(", ");
}

function delaysOf({ signalling_ms, stream_ms, key_frame_ms }: Probe): string {
  return [signalling_ms, stream_ms, key_frame_ms]
    .filter((ms) => ms !== null)
    .map((ms) => `${Math.round(ms)} ms`)
    .join(", ");
}

/** Pulls one stream for some seconds, and says in a sentence what came. */
export function CameraTest({ id, profile }: { readonly id: string; readonly profile: Profile }) {
  const words = useCameraWords();
  const [busy, setBusy] = useState(false);
  const [found, setFound] = useState<Probe>();
  const [failure, setFailure] = useState("");
  const test = () => {
    setBusy(true);
    setFound(undefined);
    setFailure("");
    cameras
      .probe(id, profile)
      .then(setFound, (error: Error) => setFailure(error.message))
      .finally(() => setBusy(false));
  };
  const facts = found && [
    [words.tested.picture, pictureOf(found)],
    [words.tested.speed, speedOf(found)],
    [words.tested.delays, delaysOf(found)],
  ].filter(([, text]) => text);
  return (
    <section class="camera-test" aria-label={`${words.test}: ${words[profile]}`}>
      <p>
        <b>{words[profile]}</b>
        <button type="button" class="link" disabled={busy} onClick={test}>
          {words.test}
        </button>
      </p>
      <div role="status">
        {busy && <p class="quiet">{words.testing}</p>}
        {failure && (
          <p>
            <i class="shape alarm" /> {failure}
          </p>
        )}
        {found && (
          <>
            <p class="verdict">
              <i class={found.verdict === "pictures" ? "shape live" : "shape alarm"} /> {found[lang.value]}
            </p>
            <dl>
              {facts?.map(([name, text]) => (
                <div key={name}>
                  <dt class="quiet">{name}</dt>
                  <dd>{text}</dd>
                </div>
              ))}
            </dl>
          </>
        )}
      </div>
    </section>
  );
}
