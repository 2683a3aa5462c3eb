import source from './_tokens.scss?raw'
import { describe, expect, test } from 'vitest'


/** WCAG relative luminance of #rrggbb. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map(at => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** The light and the dark value of a token written as light-dark(#a, #b). */
function pair(name: string): [string, string] {
  const found = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(source)
  if (!found) throw new Error(`no token --${name}`)
  return [found[1] as string, found[2] as string]
}

const tones = [...source.matchAll(/'(\w+)': \(((?:#[0-9a-f]{6}(?:, )?){6})\)/g)].map(found => [found[1] as string, (found[2] as string).split(', ')] as const)
const surfaces = ['canvas', 'surface', 'surface-sunken', 'surface-raised', 'surface-hover', 'selected']

test('all eight tones were read', () => expect(tones).toHaveLength(8))

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('in the %s theme', (_theme, side) => {
  test.each(tones)('%s text is readable on its tint and on the surface', (_name, colours) => {
    const text = colours[side * 3] as string
    expect(contrast(text, colours[side * 3 + 1] as string)).toBeGreaterThanOrEqual(4.5)
    expect(contrast(text, pair('surface')[side])).toBeGreaterThanOrEqual(4.5)
  })
  test.each(tones)('%s solid stands out from the surface as a sign must', (_name, colours) => {
    expect(contrast(colours[side * 3 + 2] as string, pair('surface')[side])).toBeGreaterThanOrEqual(3)
  })
  test.each(['text', 'text-2', 'text-3', 'accent-text'])('--%s is readable on every surface', name => {
    for (const surface of surfaces) expect(contrast(pair(name)[side], pair(surface)[side]), surface).toBeGreaterThanOrEqual(4.5)
  })
  test('buttons are readable', () => {
    for (const name of ['accent', 'accent-hover', 'danger']) expect(contrast('#ffffff', pair(name)[side]), name).toBeGreaterThanOrEqual(4.5)
  })
  test('the edge of a control and the focus ring reach 3:1', () => {
    for (const name of ['line-control', 'focus']) expect(contrast(pair(name)[side], pair('surface')[side]), name).toBeGreaterThanOrEqual(3)
  })
})
