/** Takes out of the style sheet what nothing can use: most of what the parts of Tabler bring along. */
import type { Root } from 'postcss'

/** What a class or custom property is called, with the dot or dashes before it. */
const CLASS = /\.(-?[A-Za-z_][\w-]*)/g
const PROPERTY = /--[\w-]+/g
/** Tabler's classes that templates use just as Tabler draws them; all others it brings stand in our styles too. */
const AS_TABLER_HAS_IT = ['form-select-sm', 'invalid-feedback', 'is-invalid']

/** The names that our own styles and scripts speak of; beginnings are completed by Sass, as in `.tone-#{$tone}`. */
export class Named {
  private readonly classes = new Set<string>(AS_TABLER_HAS_IT)
  private readonly beginnings: string[] = []
  private readonly properties = new Set<string>()

  constructor(sources: Iterable<string>) {
    for (const source of sources) {
      for (const [, name = ''] of source.matchAll(CLASS)) this.classes.add(name)
      for (const [, name = ''] of source.matchAll(/\.([A-Za-z_][\w-]*-)#\{/g)) this.beginnings.push(name)
      for (const [name] of source.matchAll(PROPERTY)) this.properties.add(name)
    }
  }

  /** Whether a selector can match: each class it asks for is named. What `:not()` and its like say is passed over. */
  selector(selector: string): boolean {
    const asked = selector.replace(/:[a-z-]+\((?:[^()]|\([^()]*\))*\)/g, '')
    return [...asked.matchAll(CLASS)].every(([, name = '']) => this.classes.has(name) || this.beginnings.some(one => name.startsWith(one)))
  }

  /** Whether a custom property is spoken of. */
  property(name: string): boolean {
    return this.properties.has(name) || this.beginnings.some(one => name.startsWith(`--${one}`))
  }
}

/** Takes out rules for classes that nobody names, then the custom properties and keyframes that nobody reads. */
export function trim(sheet: Root, named: Named): void {
  sheet.walkRules(rule => {
    if (rule.parent?.type === 'atrule' && 'name' in rule.parent && String(rule.parent.name).endsWith('keyframes')) return
    const kept = rule.selectors.filter(selector => named.selector(selector))
    if (!kept.length) rule.remove()
    else if (kept.length < rule.selectors.length) rule.selectors = kept
  })
  while (dropUnread(sheet, named)) { /* a property may have been read by another that is gone now */ }
  const animations: string[] = []
  sheet.walkDecls(({ prop, value }) => { if (prop.startsWith('animation')) animations.push(value) })
  sheet.walkAtRules(rule => {
    const isUnused = rule.name.endsWith('keyframes') && !animations.some(value => value.split(/[\s,]+/).includes(rule.params))
    if (isUnused || rule.nodes?.length === 0) rule.remove()
  })
  sheet.walkRules(rule => { if (!rule.nodes.length) rule.remove() })
}

/** Takes out the custom properties that no value reads; says whether there were any. */
function dropUnread(sheet: Root, named: Named): boolean {
  const read = new Set<string>()
  sheet.walkDecls(({ value }) => { for (const [, name = ''] of value.matchAll(/var\(\s*(--[\w-]+)/g)) read.add(name) })
  let dropped = false
  sheet.walkDecls(declaration => {
    if (!declaration.prop.startsWith('--') || read.has(declaration.prop) || named.property(declaration.prop)) return
    declaration.remove()
    dropped = true
  })
  return dropped
}
