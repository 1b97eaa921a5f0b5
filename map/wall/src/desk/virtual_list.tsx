import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { scrollToRow, windowOf } from "./window";

interface Props<T> {
  readonly rows: readonly T[];
  readonly rowPx: number;
  readonly label: string;
  readonly keyOf: (row: T) => string;
  readonly selected: (row: T) => boolean;
  readonly onPick: (row: T) => void;
  readonly onOpen?: (row: T) => void;
  readonly render: (row: T) => ComponentChildren;
}

/**
 * A list of any length: only what is on screen is in the DOM. By keyboard it is one
 * stop; arrows, Page and Home/End move, Space picks, Enter picks or opens.
 */
export function VirtualList<T>({ rows, rowPx, label, keyOf, selected, onPick, onOpen, render }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(0);
  const [current, setCurrent] = useState(0);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    setCurrent(0);
    if (box.current) box.current.scrollTop = 0;
  }, [rows]);

  const go = (row: number) => {
    const to = Math.max(0, Math.min(rows.length - 1, row));
    setCurrent(to);
    if (box.current) box.current.scrollTop = scrollToRow(to, rowPx, box.current.scrollTop, height);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / rowPx) - 1);
    const steps: Record<string, number> = {
      ArrowDown: current + 1,
      ArrowUp: current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    const row = rows[current];
    if (to !== undefined) go(to);
    else if (event.key === " " && row !== undefined) onPick(row);
    else if (event.key === "Enter" && row !== undefined) (onOpen ?? onPick)(row);
    else return;
    event.preventDefault();
  };

  const { first, end } = windowOf(rows.length, rowPx, scroll, height);
  return (
    <div
      ref={box}
      class="list"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={rows.length > 0 ? `row-${current}` : undefined}
      onScroll={(event) => setScroll(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div class="rows" style={{ height: `${rows.length * rowPx}px` }}>
        {rows.slice(first, end).map((row, i) => {
          const index = first + i;
          return (
            <div
              key={keyOf(row)}
              id={`row-${index}`}
              role="option"
              aria-selected={selected(row)}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              class={index === current ? "row current" : "row"}
              style={{ height: `${rowPx}px`, transform: `translateY(${index * rowPx}px)` }}
              onClick={() => {
                setCurrent(index);
                onPick(row);
              }}
              onDblClick={() => onOpen?.(row)}
            >
              {render(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
