/** Element inside `main` that menus are put into, so that what they show belongs to a landmark. */
export const LAYER_ID = 'layer'

/** Where menus go: the layer of the portal, the body where there is none. */
export function layer(): HTMLElement | undefined {
  if (typeof document === 'undefined') return undefined
  return document.getElementById(LAYER_ID) ?? undefined
}
