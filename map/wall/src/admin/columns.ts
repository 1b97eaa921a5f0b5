/**
 * The columns of a list of cameras, as the engine calls them (map/import_columns.c), and
 * what they are called on screen.
 */
import type { Lang } from "../text/words";

const COLUMNS: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  id: ["id", "设备编码"],
  name: ["name", "设备名称"],
  lon: ["longitude", "经度"],
  lat: ["latitude", "纬度"],
  division: ["division", "行政区划"],
  department: ["department", "所属部门"],
  cell: ["grid cell", "所属网格"],
  url_main: ["main stream", "主码流地址"],
  url_sub: ["sub stream", "辅码流地址"],
  pull: ["pull policy", "拉流方式"],
  vendor: ["vendor", "设备厂商"],
  ip: ["IP address", "IP 地址"],
  port: ["RTSP port", "RTSP 端口"],
  channel: ["channel", "通道号"],
  user: ["user", "用户名"],
  password: ["password", "密码"],
  kind: ["kind", "摄像机类型"],
  tags: ["tags", "标签"],
  groups: ["groups", "分组"],
  address: ["address", "安装地址"],
  azimuth_deg: ["azimuth", "方位角"],
  tilt_deg: ["tilt", "俯仰角"],
  fov_deg: ["field of view", "视场角"],
  range_m: ["range", "可视距离"],
  height_m: ["height", "安装高度"],
  model: ["model", "设备型号"],
  point_type: ["point type", "监控点位类型"],
  common_name: ["common name", "点位俗称"],
  ipv6: ["IPv6", "IPv6 地址"],
  mac: ["MAC", "MAC 地址"],
  function_type: ["function type", "摄像机功能类型"],
  fill_light: ["fill light", "补光属性"],
  codec: ["codec", "编码格式"],
  location_type: ["location type", "位置类型"],
  facing: ["facing", "监控方位"],
  network: ["network", "联网属性"],
  police_station: ["police station", "所属辖区公安机关"],
  installed: ["installed", "安装时间"],
  managing_unit: ["managing unit", "管理单位"],
  contact: ["contact", "联系方式"],
  days_kept: ["days kept", "录像保存天数"],
  device_state: ["device state", "设备状态"],
};

export const COLUMN_NAMES = Object.keys(COLUMNS);

/** A name that is none of ours is the list's own, and shown as it is. */
export function columnWords(name: string, lang: Lang): string {
  return COLUMNS[name]?.[lang === "zh" ? 1 : 0] ?? name;
}
