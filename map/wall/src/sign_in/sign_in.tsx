import { useState } from "preact/hooks";
import { api } from "../api/client";
import { useWords } from "../text/language";
import { Field, Gate, useSubmit } from "./gate";

/** Stands before every page until somebody is in; the page is what comes then. */
export function SignIn() {
  const { signIn } = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { busy, failure, submit } = useSubmit(async () => {
    await api.signIn(name, password);
    location.reload();
  });
  return (
    <Gate lead={signIn.lead} action={signIn.submit} busy={busy} failure={failure} onSubmit={submit}>
      <Field label={signIn.name} autocomplete="username" value={name} onValue={setName} first />
      <Field label={signIn.password} secret autocomplete="current-password" value={password} onValue={setPassword} />
    </Gate>
  );
}
