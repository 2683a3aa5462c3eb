import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin } from 'vite'
import { drawIcons } from './icons.ts'
import { Named, trim } from './trim.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** Draws the icons named in web/icons.json from Tabler's set into one sprite, listed in the manifest. */
function iconSprite(): Plugin {
  return {
    name: 'opsloop-icon-sprite',
    apply: 'build',
    generateBundle() {
      const names: Record<string, string> = JSON.parse(readFileSync(path('../src/opsloop/web/icons.json'), 'utf8'))
      const symbols = Object.entries(names).map(([name, tabler]) => {
        const svg = readFileSync(path(`node_modules/@tabler/icons/icons/outline/${tabler}.svg`), 'utf8')
        const paths = [...svg.matchAll(/<(path|circle|rect|line|polyline) [^>]*>/g)].map(match => match[0])
        return `<symbol id="${name}" viewBox="0 0 24 24">${paths.filter(p => !p.includes('M0 0h24v24H0z')).join('')}</symbol>`
      })
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`
      const hash = createHash('sha256').update(source).digest('hex').slice(0, 8)
      this.emitFile({ type: 'asset', fileName: `assets/icons-${hash}.svg`, name: 'icons.svg', originalFileName: 'icons.svg', source })
    },
  }
}

/** Draws the icons of the installed app from our mark; no picture is kept in the sources. */
function appIcons(): Plugin {
  return {
    name: 'opsloop-app-icons',
    apply: 'build',
    generateBundle() {
      const mark = readFileSync(path('../src/opsloop/web/templates/web/mark.html'), 'utf8')
      for (const [name, source] of drawIcons(mark)) {
        const hash = createHash('sha256').update(source).digest('hex').slice(0, 8)
        this.emitFile({ type: 'asset', fileName: `assets/${name}-${hash}.png`, name: `${name}.png`, originalFileName: `${name}.png`, source })
      }
    },
  }
}

/** Returns the text of every style and script of ours. */
function sources(): string[] {
  const files = readdirSync(path('src'), { withFileTypes: true, recursive: true }).filter(entry => entry.isFile() && /\.(scss|css|ts)$/.test(entry.name))
  return files.map(file => readFileSync(`${file.parentPath}/${file.name}`, 'utf8'))
}

/** Leaves each built file compressed beside itself: whitenoise sends it as it is, whatever serves the site. */
function compressed(): Plugin {
  return {
    name: 'opsloop-compressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      for (const name of readdirSync(`${dir}/assets`)) {
        if (!/\.(js|css|svg)$/.test(name)) continue
        const file = `${dir}/assets/${name}`
        const content = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
        writeFileSync(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }))
      }
    },
  }
}

export default defineConfig({
  base: './',
  plugins: [iconSprite(), appIcons(), compressed()],
  css: {
    preprocessorOptions: { scss: { loadPaths: [path('node_modules')] } },
    // Of 600 classes that Tabler's parts bring we use 30; the others are a quarter of the sheet.
    postcss: { plugins: [{ postcssPlugin: 'opsloop-trim', OnceExit: sheet => trim(sheet, new Named(sources())) }] },
  },
  build: {
    outDir: path('../src/opsloop/web/static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    target: 'es2022',
    rollupOptions: { input: { app: path('src/app.ts'), style: path('src/styles/app.scss'), sw: path('src/sw.ts') } },
  },
  // A context of its own for each file, in threads that stay: half the time of a process for each. A busy machine fails no test.
  test: { environment: 'happy-dom', pool: 'vmThreads', testTimeout: 60_000, css: true, include: ['src/**/*.test.ts', '*.test.ts'] },
} as Parameters<typeof defineConfig>[0])
