/**
 * Every word on screen, in each language: what is missing in one does not compile.
 */
import type { CameraState } from "../wire/control";
import type { WaitingOn } from "../player/tile_state";

export type Lang = "zh" | "en";

export interface Words {
  readonly unit: { readonly second: string; readonly minute: string; readonly hour: string };
  readonly state: Readonly<Record<CameraState, string>>;
  readonly tile: {
    readonly empty: string;
    readonly waiting: string;
    readonly waitingOn: Readonly<Record<WaitingOn, string>>;
    readonly live: string;
    readonly behind: string;
    readonly still: string;
    readonly stillFor: (lasting: string) => string;
    readonly reconnecting: string;
    readonly reconnectingTo: {
      readonly engine: (attempt: number, lasting: string) => string;
      readonly camera: (attempt: number, lasting: string) => string;
    };
    readonly offline: string;
    readonly offlineFor: (lasting: string) => string;
    readonly noReason: string;
    readonly nextTry: (seconds: number) => string;
    readonly refused: string;
    readonly unshowable: string;
    readonly unshowableCodec: (codec: string) => string;
    readonly noDecoder: string;
    readonly sound: {
      readonly turnOn: string;
      readonly turnOff: string;
      readonly silent: string;
      readonly engine: string;
      readonly unplayable: (codec: string) => string;
    };
  };
  readonly link: {
    readonly lost: (lasting: string, attempt: number) => string;
    readonly loading: string;
    readonly loadFailed: (why: string) => string;
    readonly again: string;
  };
  readonly place: {
    readonly district: string;
    readonly towns: (n: number) => string;
    readonly villages: (n: number) => string;
    readonly cells: (n: number) => string;
    readonly cell: string;
    readonly special: string;
    readonly compound: string;
    readonly building: string;
    readonly stairwell: string;
    readonly village: string;
    readonly town: string;
    readonly cameras: (n: number) => string;
    readonly count: (state: CameraState, n: number) => string;
    readonly noCameras: string;
    /** Name of a district that has none. */
    readonly everything: string;
  };
  readonly desk: {
    readonly title: string;
    readonly search: string;
    readonly searchHint: string;
    readonly found: (n: number) => string;
    readonly nothingFound: (query: string) => string;
    readonly kind: { readonly camera: string; readonly cell: string; readonly division: string };
    readonly onlineRate: (asked: number) => string;
    readonly nothingKnown: string;
    readonly playing: (n: number, most: number) => string;
    readonly closeAll: string;
    readonly back: string;
    readonly enlarged: string;
    readonly chooseCell: string;
    readonly chooseCamera: string;
    readonly map: string;
    readonly tray: string;
    readonly mapFailed: string;
    readonly language: string;
    readonly fitDistrict: string;
    readonly whoSees: string;
    readonly nobodySees: string;
    readonly askAgain: string;
    readonly turnTo: (pan: number, tilt: number) => string;
    readonly obstacleAt: (metres: number) => string;
    readonly wedgeAlone: string;
    readonly list: string;
  };
  readonly wall: {
    readonly title: (screen: string) => string;
    readonly typed: (tile: number, digits: string) => string;
    readonly noSuchCamera: (n: number, of: number) => string;
    readonly noSuchTile: (n: number, of: number) => string;
    readonly nothingToShow: string;
    readonly help: string;
  };
  readonly home: {
    readonly lead: string;
    readonly desk: string;
    readonly deskText: string;
    readonly wall: string;
    readonly wallText: string;
    readonly screen: (n: number) => string;
    readonly admin: string;
    readonly adminText: string;
    readonly signOut: string;
  };
  readonly signIn: {
    readonly lead: string;
    readonly name: string;
    readonly password: string;
    readonly submit: string;
  };
  readonly enrol: {
    readonly lead: string;
    readonly signIn: string;
  };
  readonly setUp: {
    readonly lead: string;
    readonly again: string;
    readonly submit: string;
    readonly tooShort: (bytes: number) => string;
    readonly differ: string;
  };
}
