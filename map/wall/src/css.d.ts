/** Style sheets as text, for shadow roots. */
declare module "*.css?inline" {
  const css: string;
  export default css;
}
