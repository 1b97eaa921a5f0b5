/**
 * Words of the console's section of cameras, in each language.
 */
import { lang } from "../text/language";
import type { Lang } from "../text/words";

export interface CameraWords {
  readonly title: string;
  readonly search: string;
  readonly create: string;
  readonly nothing: (text: string) => string;
  readonly more: (n: number) => string;
  readonly newCamera: string;
  readonly back: string;
  readonly place: string;
  readonly streams: string;
  readonly byUrl: string;
  readonly byDevice: string;
  readonly main: string;
  readonly sub: string;
  readonly keeps: string;
  readonly host: string;
  readonly deviceChannel: string;
  readonly vendor: Readonly<Record<string, string>>;
  readonly kind: Readonly<Record<string, string>>;
  readonly tags: string;
  readonly save: string;
  readonly saved: string;
  readonly notNumber: (field: string) => string;
  readonly stale: string;
  readonly test: string;
  readonly testing: string;
  readonly tested: Readonly<Record<"picture" | "speed" | "delays", string>>;
}

const en: CameraWords = {
  title: "Cameras",
  search: "Name, id, address, or initials in pinyin",
  create: "New camera",
  nothing: (text) => (text ? `No camera is called “${text}”.` : "There are no cameras yet."),
  more: (n) => `The first ${n} are listed; type more to find others.`,
  newCamera: "New camera",
  back: "All cameras",
  place: "Place",
  streams: "Streams",
  byUrl: "By address",
  byDevice: "By vendor and device",
  main: "Main stream",
  sub: "Sub stream",
  keeps: "User and password are kept and not shown. Write them into an address that you change: rtsp://user:password@host/path",
  host: "Device address",
  deviceChannel: "Channel of a recorder",
  vendor: { hikvision: "Hikvision", dahua: "Dahua", uniview: "Uniview" },
  kind: { unknown: "not known", fixed: "fixed", dome: "dome", ptz: "PTZ", high_point: "high point", thermal: "thermal", mobile: "mobile" },
  tags: "Tags, with commas",
  save: "Save",
  saved: "Saved.",
  notNumber: (field) => `${field} is a number of degrees, such as 116.8301.`,
  stale: "Somebody else has changed this camera meanwhile. It is shown as it is now: make your change again.",
  test: "Test",
  testing: "testing, up to half a minute",
  tested: { picture: "picture", speed: "speed", delays: "connect, first packet, key frame" },
};

const zh: CameraWords = {
  title: "摄像机",
  search: "名称、编码、地址或拼音首字母",
  create: "新建摄像机",
  nothing: (text) => (text ? `没有名为“${text}”的摄像机。` : "尚无摄像机。"),
  more: (n) => `仅列出前 ${n} 台，请输入更多字以缩小范围。`,
  newCamera: "新建摄像机",
  back: "全部摄像机",
  place: "位置",
  streams: "码流",
  byUrl: "按地址",
  byDevice: "按厂商与设备",
  main: "主码流",
  sub: "辅码流",
  keeps: "用户名与密码已保存，不显示。如修改地址，请一并填写：rtsp://用户:密码@主机/路径",
  host: "设备地址",
  deviceChannel: "录像机通道号",
  vendor: { hikvision: "海康威视", dahua: "大华", uniview: "宇视" },
  kind: { unknown: "未知", fixed: "枪机", dome: "半球", ptz: "球机", high_point: "鹰眼", thermal: "热成像", mobile: "移动" },
  tags: "标签，以逗号分隔",
  save: "保存",
  saved: "已保存。",
  notNumber: (field) => `${field}应为度数，如 116.8301。`,
  stale: "其他人已修改该摄像机，现显示最新内容，请重新修改。",
  test: "测试",
  testing: "测试中，最长半分钟",
  tested: { picture: "画面", speed: "速率", delays: "连接、首包、关键帧" },
};

export function cameraWordsOf(language: Lang): CameraWords {
  return language === "zh" ? zh : en;
}

/** In components: renders again when the language changes. */
export function useCameraWords(): CameraWords {
  return cameraWordsOf(lang.value);
}
