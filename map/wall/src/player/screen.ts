/**
 * Where decoded pictures become visible. Whoever calls show() gives the frame away.
 */

export interface Screen {
  readonly element: HTMLElement;
  show(picture: VideoFrame): void;
  /** Called with the timestamp of each picture that came onto the screen. */
  onShown: (timestampUs: number) => void;
  close(): void;
}

export function hasTrackGenerator(): boolean {
  return typeof MediaStreamTrackGenerator !== "undefined";
}

export function videoScreen(): Screen {
  const video = muteVideo();
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const writer = track.writable.getWriter();
  video.srcObject = new MediaStream([track]);
  let closed = false;
  /** Timestamps on their way to the screen: the element does not report them. */
  let newestUs = 0;

  const screen: Screen = {
    element: video,
    onShown: () => {},
    show(picture) {
      // A full pipe means that the compositor is busy: this picture is skipped,
      // the next one is newer anyway.
      if (closed || (writer.desiredSize ?? 0) <= 0) return picture.close();
      newestUs = picture.timestamp;
      writer.write(picture).catch(() => picture.close());
    },
    close() {
      closed = true;
      track.stop();
      writer.abort().catch(() => {}); // already gone: nothing left to free
      video.srcObject = null;
    },
  };
  const onPicture = () => {
    if (closed) return;
    screen.onShown(newestUs);
    video.requestVideoFrameCallback(onPicture);
  };
  video.requestVideoFrameCallback(onPicture);
  play(video);
  return screen;
}

export function canvasScreen(): Screen {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false, desynchronized: true });
  let waiting: VideoFrame | undefined;
  let request = 0;

  const screen: Screen = {
    element: canvas,
    onShown: () => {},
    show(picture) {
      waiting?.close();
      waiting = picture;
      request ||= requestAnimationFrame(draw);
    },
    close() {
      cancelAnimationFrame(request);
      waiting?.close();
      waiting = undefined;
    },
  };
  function draw(): void {
    request = 0;
    const picture = waiting;
    waiting = undefined;
    if (!picture) return;
    if (canvas.width !== picture.displayWidth || canvas.height !== picture.displayHeight) {
      canvas.width = picture.displayWidth;
      canvas.height = picture.displayHeight;
    }
    context?.drawImage(picture, 0, 0);
    const { timestamp } = picture;
    picture.close();
    screen.onShown(timestamp);
  }
  return screen;
}

/** A <video> that may start by itself: browsers allow it to muted ones only. */
export function muteVideo(): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.disablePictureInPicture = true;
  return video;
}

/** Rejected when the element goes before it could start: that is no error. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => {});
}
