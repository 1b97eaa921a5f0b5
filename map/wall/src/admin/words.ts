/**
 * The console's words, in each language: what is missing in one does not compile.
 */
import type { Coordinates, ImportState } from "../api/imports";
import { lang } from "../text/language";
import { countWords } from "../text/numbers";
import type { Lang } from "../text/words";
import type { Figure } from "./import_state";

export interface AdminWords {
  readonly title: string;
  readonly sections: { readonly start: string; readonly import: string; readonly cameras: string };
  readonly forbidden: string;
  readonly loading: string;
  readonly failed: (why: string) => string;
  readonly again: string;
  readonly start: {
    readonly cameras: (n: number) => string;
    readonly todo: string;
    readonly offline: (n: number) => string;
    readonly unknown: (n: number) => string;
    readonly noAreas: string;
    readonly empty: string;
    readonly nothing: string;
    readonly open: (n: number) => string;
    readonly toImport: string;
    readonly toDesk: string;
  };
  readonly import: {
    readonly lead: string;
    readonly drop: string;
    readonly choose: string;
    readonly kinds: string;
    readonly sending: (percent: number) => string;
    readonly open: string;
    readonly state: Readonly<Record<ImportState, string>>;
    readonly figure: Readonly<Record<Figure, string>>;
    readonly show: (figure: string, n: number) => string;
    readonly suspected: (coordinates: string) => string;
    readonly readAs: (coordinates: string) => string;
    readonly coordinates: string;
    readonly coordinate: Readonly<Record<Coordinates, string>>;
    readonly allOrNothing: string;
    readonly removeGone: string;
    readonly columns: string;
    readonly nameColumns: string;
    readonly columnsUnknown: (n: number) => string;
    readonly columnOfList: string;
    readonly columnMeans: string;
    readonly byItself: (means: string) => string;
    readonly notKnown: string;
    readonly ignored: string;
    readonly apply: (n: number) => string;
    readonly nothingToWrite: string;
    readonly leftOut: string;
    readonly sure: (n: number, refused: number) => string;
    readonly removes: (n: number) => string;
    readonly yes: string;
    readonly no: string;
    readonly applied: (n: number) => string;
    readonly toMap: string;
    readonly another: string;
    readonly throwAway: string;
    readonly download: string;
    readonly rows: string;
    readonly row: string;
    readonly column: string;
    readonly value: string;
    readonly what: string;
    readonly done: string;
    readonly firstRow: (n: number) => string;
    readonly hidden: string;
    readonly noRows: string;
    readonly more: (n: number) => string;
    readonly lost: (n: number) => string;
  };
}

const en: AdminWords = {
  title: "Console",
  sections: { start: "To do", import: "Import", cameras: "Cameras" },
  forbidden: "This page is for who may change cameras. Ask an administrator for the role of integrator.",
  loading: "reading",
  failed: (why) => `This could not be read: ${why}`,
  again: "Try again",
  start: {
    cameras: (n) => `${countWords(n)} ${n === 1 ? "camera" : "cameras"}`,
    todo: "To do",
    offline: (n) => `${countWords(n)} offline`,
    unknown: (n) => `${countWords(n)} not asked yet`,
    noAreas: "There are no grid cells yet. Import divisions and cells (GeoJSON, GeoPackage, Shapefile), so that cameras find their places.",
    empty: "There are no cameras yet. Import a list to begin.",
    nothing: "Nothing waits for you.",
    open: (n) => `${n} ${n === 1 ? "import waits" : "imports wait"} for your decision`,
    toImport: "Import a list",
    toDesk: "Look at them on the desk",
  },
  import: {
    lead: "A list is read and compared first. Nothing is written until you say so.",
    drop: "Drop a list here",
    choose: "or choose a file",
    kinds: "CSV or Excel (.xlsx) of cameras; GeoJSON, GeoPackage or zipped Shapefile of cameras, divisions or cells; up to 256 MB",
    sending: (percent) => `sending, ${percent} %`,
    open: "Imports that are open",
    state: {
      waiting: "waiting to be read",
      reading: "being read",
      ready: "ready to be looked at",
      applying: "being written",
      applied: "written",
      failed: "cannot be read",
    },
    figure: { new: "new", changed: "changed", same: "unchanged", gone: "not in the list", refused: "refused", notes: "with a doubt" },
    show: (figure, n) => `show ${n} ${figure}`,
    suspected: (coordinates) => `Read as ${coordinates}, more positions would lie in the division that their row names.`,
    readAs: (coordinates) => `Read as ${coordinates}`,
    coordinates: "Longitude and latitude are",
    coordinate: { wgs84: "WGS-84", cgcs2000: "CGCS2000", gcj02: "GCJ-02 (Gaode, Tencent)", bd09: "BD-09 (Baidu)" },
    allOrNothing: "All or nothing: one refused row leaves the whole list out",
    removeGone: "Remove cameras that are not in the list (of its departments, only if no row is refused)",
    columns: "What the columns were taken for",
    nameColumns: "Say what the columns are: one of them has to be the camera's id.",
    columnsUnknown: (n) => `${n} not used`,
    columnOfList: "Column of the list",
    columnMeans: "Taken for",
    byItself: (means) => `${means} (by its name)`,
    notKnown: "not known",
    ignored: "not used",
    apply: (n) => `Write ${countWords(n)} ${n === 1 ? "change" : "changes"}`,
    nothingToWrite: "Nothing would change: the registry has all of this already.",
    leftOut: "Nothing would be written: rows are refused, and the list is taken as a whole or not at all.",
    sure: (n, refused) =>
      `${countWords(n)} ${n === 1 ? "record" : "records"} will be written.` +
      (refused ? ` ${countWords(refused)} refused ${refused === 1 ? "row is" : "rows are"} left out.` : ""),
    removes: (n) => `${countWords(n)} ${n === 1 ? "camera" : "cameras"} will be removed; they can be restored for 90 days.`,
    yes: "Write now",
    no: "Back",
    applied: (n) => `Written: ${countWords(n)} ${n === 1 ? "record" : "records"}.`,
    toMap: "See them on the desk",
    another: "Import another list",
    throwAway: "Throw away",
    download: "Report as a table",
    rows: "Rows",
    row: "row",
    column: "column",
    value: "value",
    what: "what is wrong, or changes",
    done: "done",
    firstRow: (n) => `(row ${n})`,
    hidden: "not shown",
    noRows: "There are no such rows.",
    more: (n) => `${countWords(n)} more`,
    lost: (n) => `The report ends here; ${countWords(n)} more rows were counted only.`,
  },
};

const zh: AdminWords = {
  title: "管理台",
  sections: { start: "待办", import: "导入", cameras: "摄像机" },
  forbidden: "此页面供可修改摄像机的人员使用。请向管理员申请集成员角色。",
  loading: "读取中",
  failed: (why) => `无法读取：${why}`,
  again: "重试",
  start: {
    cameras: (n) => `摄像机 ${countWords(n)} 台`,
    todo: "待办",
    offline: (n) => `离线 ${countWords(n)} 台`,
    unknown: (n) => `尚未探测 ${countWords(n)} 台`,
    noAreas: "尚无网格。请导入行政区划与网格（GeoJSON、GeoPackage、Shapefile），摄像机即可归入网格。",
    empty: "尚无摄像机。请先导入清单。",
    nothing: "暂无待办事项。",
    open: (n) => `${n} 个导入待您处理`,
    toImport: "导入清单",
    toDesk: "在指挥席查看",
  },
  import: {
    lead: "先读取并与台账比较，经您确认后才写入。",
    drop: "将清单拖到此处",
    choose: "或选择文件",
    kinds: "摄像机 CSV 或 Excel（.xlsx）；摄像机、行政区划或网格的 GeoJSON、GeoPackage、Shapefile（zip）；不超过 256 MB",
    sending: (percent) => `上传 ${percent} %`,
    open: "未完成的导入",
    state: {
      waiting: "等待读取",
      reading: "读取中",
      ready: "待核对",
      applying: "写入中",
      applied: "已写入",
      failed: "无法读取",
    },
    figure: { new: "新增", changed: "变更", same: "未变", gone: "清单中没有", refused: "拒绝", notes: "存疑" },
    show: (figure, n) => `查看${figure} ${n} 条`,
    suspected: (coordinates) => `按 ${coordinates} 解读，落在所填行政区划内的位置更多。`,
    readAs: (coordinates) => `按 ${coordinates} 读取`,
    coordinates: "经纬度坐标系",
    coordinate: { wgs84: "WGS-84", cgcs2000: "CGCS2000", gcj02: "GCJ-02（高德、腾讯）", bd09: "BD-09（百度）" },
    allOrNothing: "整体导入：有一行被拒绝则全部不导入",
    removeGone: "删除清单中没有的摄像机（限清单所含部门，且无被拒绝的行）",
    columns: "列的识别结果",
    nameColumns: "请指明各列的含义，其中一列须为设备编码。",
    columnsUnknown: (n) => `${n} 列未使用`,
    columnOfList: "清单中的列",
    columnMeans: "识别为",
    byItself: (means) => `${means}（按列名）`,
    notKnown: "不认识",
    ignored: "不使用",
    apply: (n) => `写入 ${countWords(n)} 条`,
    nothingToWrite: "没有变更：台账已与清单一致。",
    leftOut: "不会写入：有行被拒绝，而清单按整体导入。",
    sure: (n, refused) => `将写入 ${countWords(n)} 条记录。` + (refused ? `被拒绝的 ${countWords(refused)} 行不导入。` : ""),
    removes: (n) => `将删除 ${countWords(n)} 台摄像机，90 天内可恢复。`,
    yes: "立即写入",
    no: "返回",
    applied: (n) => `已写入 ${countWords(n)} 条记录。`,
    toMap: "在指挥席查看",
    another: "导入其他清单",
    throwAway: "丢弃",
    download: "下载报告表格",
    rows: "明细",
    row: "行",
    column: "列",
    value: "值",
    what: "问题或变更",
    done: "处理",
    firstRow: (n) => `（第 ${n} 行）`,
    hidden: "不显示",
    noRows: "没有此类行。",
    more: (n) => `还有 ${countWords(n)} 条`,
    lost: (n) => `报告到此为止，另有 ${countWords(n)} 行仅计数。`,
  },
};

export function adminWordsOf(language: Lang): AdminWords {
  return language === "zh" ? zh : en;
}

/** In components: renders again when the language changes. */
export function useAdminWords(): AdminWords {
  return adminWordsOf(lang.value);
}
