import type { Profile } from "../wire/control";

interface Props {
  readonly camera: string | undefined;
  readonly label: string;
  readonly number: number;
  /** Shown while the pointer is over the tile: the cell's code. */
  readonly hint: string;
  readonly profile: Profile;
}

/** `<grid-player>` in a tree of components. */
export function Player({ camera, label, number, hint, profile }: Props) {
  return (
    <grid-player
      camera={camera ?? ""}
      profile={profile}
      label={label}
      number={String(number).padStart(2, "0")}
      hint={hint}
    />
  );
}

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "grid-player": {
        camera: string;
        profile: Profile;
        label: string;
        number: string;
        hint: string;
      };
    }
  }
}
