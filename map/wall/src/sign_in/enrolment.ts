/**
 * What a screen does until it is let in: a code, a question every few seconds, another code
 * when that one is over, patience when the engine does not answer. Knows no browser.
 */

/** How often a screen asks, and how soon it tries again after a failure. */
export const ASK_MS = 2_000;
export const RETRY_MS = 5_000;

export interface Code {
  readonly code: string;
  readonly word: string;
}

export type Answer = "waiting" | "in" | "over";

export interface Surroundings {
  readonly begin: () => Promise<Code>;
  readonly ask: (word: string) => Promise<Answer>;
  /** Calls later; the returned function forbids it. */
  readonly after: (ms: number, call: () => void) => () => void;
  readonly onCode: (code: string) => void;
  readonly onFailure: (error: unknown) => void;
  readonly onIn: () => void;
}

/** Begins; the returned function ends it. */
export function awaitEnrolment(around: Surroundings): () => void {
  let over = false;
  let forbid = () => {};

  const soon = (ms: number, step: () => Promise<void>) => {
    if (!over) forbid = around.after(ms, () => void run(step));
  };

  async function run(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      if (over) return;
      around.onFailure(error);
      soon(RETRY_MS, step);
    }
  }

  async function begin(): Promise<void> {
    const { code, word } = await around.begin();
    if (over) return;
    around.onCode(code);
    soon(ASK_MS, () => ask(word));
  }

  async function ask(word: string): Promise<void> {
    const answer = await around.ask(word);
    if (over) return;
    if (answer === "in") around.onIn();
    else if (answer === "over") await begin();
    else soon(ASK_MS, () => ask(word));
  }

  void run(begin);
  return () => {
    over = true;
    forbid();
  };
}
