import { useState } from "preact/hooks";
import { api } from "../api/client";
import { useWords } from "../text/language";
import { Field, Gate, useSubmit } from "./gate";

/** As the engine has it: UTF-8 bytes of the shortest password. */
const PASSWORD_MIN = 10;

/** Makes the first administrator. The link's word stands behind "#", so that no log has it. */
export function SetUp() {
  const { signIn, setUp } = useWords();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const { busy, failure, submit } = useSubmit(async () => {
    if (new TextEncoder().encode(password).length < PASSWORD_MIN) throw new Error(setUp.tooShort(PASSWORD_MIN));
    if (password !== again) throw new Error(setUp.differ);
    await api.setUp(name, password, location.hash.slice(1));
    await api.signIn(name, password);
    location.replace("/");
  });
  return (
    <Gate lead={setUp.lead} action={setUp.submit} busy={busy} failure={failure} onSubmit={submit}>
      <Field label={signIn.name} autocomplete="username" value={name} onValue={setName} first />
      <Field label={signIn.password} secret autocomplete="new-password" value={password} onValue={setPassword} />
      <Field label={setUp.again} secret autocomplete="new-password" value={again} onValue={setAgain} />
    </Gate>
  );
}
