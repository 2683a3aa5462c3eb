// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import postcss from 'postcss'
import { compile } from 'sass'
import { describe, expect, test } from 'vitest'
import { Named, trim } from './trim'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The files below a folder whose names match. */
function texts(folder: string, name: RegExp): string[] {
  const files = readdirSync(path(folder), { withFileTypes: true, recursive: true }).filter(entry => entry.isFile() && name.test(entry.name))
  return files.map(file => readFileSync(`${file.parentPath}/${file.name}`, 'utf8'))
}

/** What is left of a sheet when these sources are all there is. */
function trimmed(sheet: string, ...sources: string[]): string {
  const root = postcss.parse(sheet)
  trim(root, new Named(sources))
  return root.toString().replace(/\s+/g, ' ').trim()
}

describe('trim', () => {
  test('keeps what is named, in a style or as a beginning that Sass completes', () => {
    expect(trimmed('.a{x:y} .tone-red{x:y} p{x:y}', '.a {} .tone-#{$tone} {}')).toBe('.a{x:y} .tone-red{x:y} p{x:y}')
  })

  test('drops a rule when a class it asks for is named nowhere, and a selector out of a list', () => {
    expect(trimmed('.b{x:y} .a .b{x:y} .a,.b{x:y}', '.a {}')).toBe('.a{x:y}')
  })

  test('lets a class that must not be there be unknown', () => {
    expect(trimmed('.a:not(.b:hover){x:y}', '.a {}')).toBe('.a:not(.b:hover){x:y}')
  })

  test('drops an empty media query, keyframes and custom properties that nobody reads, one after the other', () => {
    const sheet = '@media print{.b{x:y}} @keyframes turn{from{x:y}} @keyframes rise{to{x:y}} .a{animation:rise 1s} :root{--one:var(--two);--two:0;--three:0;--four:0} p{top:var(--four)}'
    expect(trimmed(sheet, '.a {} element.style.setProperty("--three", "1")')).toBe('@keyframes rise{to{x:y}} .a{animation:rise 1s} :root{--three:0;--four:0} p{top:var(--four)}')
  })

  test('knows each class of Tabler that a template uses', () => {
    const tabler = compile(path('src/styles/_tabler.scss'), { loadPaths: [path('node_modules')], quietDeps: true }).css
    const drawn = new Set([...tabler.matchAll(/\.(-?[A-Za-z_][\w-]*)/g)].map(([, name]) => name as string))
    const named = new Named(texts('src', /\.(scss|css|ts)$/))
    const attributes = texts('../src/opsloop', /\.html$/).flatMap(text => [...text.matchAll(/class="([^"]*)"/g)])
    const used = attributes.flatMap(([, names = '']) => names.match(/[\w-]+/g) ?? [])
    expect(used.length).toBeGreaterThan(1000)
    expect(drawn.size).toBeGreaterThan(400)
    expect([...new Set(used)].filter(name => drawn.has(name) && !named.selector(`.${name}`))).toEqual([])
  })
})
