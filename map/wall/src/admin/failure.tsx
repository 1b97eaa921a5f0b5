import { useAdminWords } from "./words";

/** What could not be read, and a way to try once more. */
export function Failure({ why, onAgain }: { readonly why: string; readonly onAgain: () => void }) {
  const words = useAdminWords();
  return (
    <p class="notice alarm" role="alert">
      <i class="shape alarm" />
      <span>{words.failed(why)}</span>
      <button type="button" onClick={onAgain}>
        {words.again}
      </button>
    </p>
  );
}
