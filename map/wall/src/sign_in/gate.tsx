/**
 * What signing in and the first set-up have in common: a few fields, one button, and a
 * sentence when it did not work.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { LangSwitch } from "../text/lang_switch";
import "./gate.css";

interface GateProps {
  readonly lead: string;
  readonly action: string;
  readonly busy: boolean;
  readonly failure: string;
  readonly onSubmit: () => void;
  readonly children: ComponentChildren;
}

export function Gate({ lead, action, busy, failure, onSubmit, children }: GateProps) {
  return (
    <main class="gate">
      <header>
        <h1>gridwall</h1>
        <p class="quiet">{lead}</p>
      </header>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
        <p class="failure" role="alert">
          {failure && <i class="shape alarm" />}
          {failure}
        </p>
        <button type="submit" disabled={busy}>
          {action}
        </button>
      </form>
      <LangSwitch />
    </main>
  );
}

interface FieldProps {
  readonly label: string;
  readonly secret?: boolean;
  readonly autocomplete: "username" | "current-password" | "new-password";
  readonly value: string;
  readonly onValue: (value: string) => void;
  /** The one to begin with. */
  readonly first?: boolean;
}

export function Field({ label, secret, autocomplete, value, onValue, first }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (first) input.current?.focus();
  }, [first]);
  const rest = {
    ref: input,
    autocomplete,
    value,
    required: true,
    onInput: (event: InputEvent & { readonly currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  };
  return (
    <label>
      <span class="quiet small">{label}</span>
      {secret ? <input type="password" {...rest} /> : <input type="text" {...rest} />}
    </label>
  );
}

/** Runs `work` once at a time; what it throws is shown until the next try. */
export function useSubmit(work: () => Promise<void>) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState("");
  async function run() {
    setBusy(true);
    setFailure("");
    try {
      await work();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  }
  return { busy, failure, submit: () => void (busy || run()) };
}
