import { useEffect, useState } from "preact/hooks";
import { api } from "../api/client";
import { imports } from "../api/imports";
import type { Import } from "../api/imports";
import type { District } from "../api/types";
import { Failure } from "./failure";
import { useAdminWords } from "./words";

interface Known {
  readonly district: District;
  readonly cells: number;
  readonly open: readonly Import[];
}

async function look(): Promise<Known> {
  const [district, cells, list] = await Promise.all([api.district(), api.cells(), imports.list()]);
  return { district, cells: cells.length, open: list.filter((item) => item.state !== "applied") };
}

/** What there is, and what waits for whoever keeps it right. */
export function Start() {
  const words = useAdminWords();
  const [known, setKnown] = useState<Known>();
  const [failure, setFailure] = useState("");
  const read = () => {
    setFailure("");
    look().then(setKnown, (error: Error) => setFailure(error.message));
  };
  useEffect(read, []);

  if (failure) return <Failure why={failure} onAgain={read} />;
  if (!known) return <p class="quiet">{words.loading}</p>;
  const { cameras } = known.district;
  const empty = cameras.total === 0;
  const todo = !empty && known.cells > 0 && known.open.length === 0;
  return (
    <>
      <header>
        <h1>{known.district.name || words.title}</h1>
        <p class="quiet">{words.start.cameras(cameras.total)}</p>
      </header>
      <section aria-label={words.start.todo}>
        <ul class="todo">
          {empty && (
            <li>
              <i class="shape watch" />
              {words.start.empty}
            </li>
          )}
          {known.cells === 0 && (
            <li>
              <i class="shape watch" />
              {words.start.noAreas}
            </li>
          )}
          {known.open.length > 0 && (
            <li>
              <i class="shape watch" />
              <a href="#import">{words.start.open(known.open.length)}</a>
            </li>
          )}
          {cameras.offline > 0 && (
            <li>
              <i class="shape offline" />
              {words.start.offline(cameras.offline)}
            </li>
          )}
          {cameras.unknown > 0 && (
            <li>
              <i class="shape unknown" />
              {words.start.unknown(cameras.unknown)}
            </li>
          )}
          {todo && cameras.offline === 0 && (
            <li>
              <i class="shape live" />
              {words.start.nothing}
            </li>
          )}
        </ul>
        <p class="actions">
          <a class="button" href="#import">
            {words.start.toImport}
          </a>
          {!empty && <a href="/desk">{words.start.toDesk}</a>}
        </p>
      </section>
    </>
  );
}
