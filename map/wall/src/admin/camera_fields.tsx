import { lang } from "../text/language";
import { KINDS, VENDORS } from "./camera_state";
import type { CameraForm } from "./camera_state";
import { useCameraWords } from "./camera_words";
import { columnWords } from "./columns";

interface Props {
  readonly form: CameraForm;
  readonly isNew: boolean;
  readonly onForm: (form: CameraForm) => void;
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly required?: boolean;
  readonly secret?: boolean;
}

function Field({ label, value, onValue, required, secret }: FieldProps) {
  const common = {
    spellcheck: false,
    required: required ?? false,
    value,
    onInput: (event: { readonly currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  };
  return (
    <label>
      <span>{label}</span>
      {secret ? (
        <input type="password" autocomplete="new-password" {...common} />
      ) : (
        <input type="text" autocomplete="off" {...common} />
      )}
    </label>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly among: readonly string[];
  readonly words: Readonly<Record<string, string>>;
  readonly onValue: (value: string) => void;
}

function Choice({ label, value, among, words, onValue }: ChoiceProps) {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(event.currentTarget.value)}>
        {among.map((name) => (
          <option key={name} value={name}>
            {words[name] ?? name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function CameraFields({ form, isNew, onForm }: Props) {
  const words = useCameraWords();
  const column = (name: string) => columnWords(name, lang.value);
  const field = (name: keyof CameraForm, label: string, more: { required?: boolean; secret?: boolean } = {}) => (
    <Field label={label} value={form[name]} onValue={(value) => onForm({ ...form, [name]: value })} {...more} />
  );
  const by = (name: CameraForm["by"], label: string) => (
    <label class="check">
      <input type="radio" name="by" checked={form.by === name} onChange={() => onForm({ ...form, by: name })} />
      <span>{label}</span>
    </label>
  );
  return (
    <>
      <fieldset>
        <legend>{words.place}</legend>
        {isNew && field("id", column("id"), { required: true })}
        {field("name", column("name"))}
        {field("lon", column("lon"))}
        {field("lat", column("lat"))}
        {field("division", column("division"))}
        {field("department", column("department"))}
        {field("address", column("address"))}
        <Choice label={column("kind")} value={form.kind} among={KINDS} words={words.kind}
          onValue={(kind) => onForm({ ...form, kind })} />
        {field("tags", words.tags)}
      </fieldset>
      <fieldset>
        <legend>{words.streams}</legend>
        <div class="either" role="radiogroup" aria-label={words.streams}>
          {by("url", words.byUrl)}
          {by("device", words.byDevice)}
        </div>
        {form.by === "url" ? (
          <>
            {field("main", words.main, { required: isNew })}
            {field("sub", words.sub)}
            {!isNew && <p class="quiet small">{words.keeps}</p>}
          </>
        ) : (
          <>
            <Choice label={column("vendor")} value={form.vendor} among={VENDORS} words={words.vendor}
              onValue={(vendor) => onForm({ ...form, vendor })} />
            {field("host", words.host, { required: true })}
            {field("port", column("port"))}
            {field("channel", words.deviceChannel)}
            {field("user", column("user"))}
            {field("password", column("password"), { secret: true })}
          </>
        )}
      </fieldset>
    </>
  );
}
