import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sendWithConsent } from './consent'

const refusal = () => new Response(null, { status: 409, headers: { 'X-Consent': 'over', 'X-Error': encodeURIComponent('超出 1 小时') } })
let asked: ReturnType<typeof vi.fn>

beforeEach(() => {
  document.body.setAttribute('hx-headers:inherited', '{"X-CSRFToken":"t"}')
  document.body.innerHTML = '<dialog id="over-full"><p data-consent-text></p></dialog>'
  asked = vi.fn().mockResolvedValueOnce(refusal()).mockResolvedValue(new Response(null, { status: 204 }))
  vi.stubGlobal('fetch', asked)
})
afterEach(() => vi.unstubAllGlobals())

const dialog = () => document.getElementById('over-full') as HTMLDialogElement
const sending = () => sendWithConsent('/tasks/7/placement/', new FormData(), 'over-full')
const opened = () => vi.waitFor(() => expect(dialog().open).toBe(true))

test('what was refused for want of consent is sent again once it is given', async () => {
  const done = sending()
  await opened()
  expect(dialog().textContent).toBe('超出 1 小时')
  expect(asked).toHaveBeenCalledTimes(1)
  dialog().close('yes')
  expect((await done).response.ok).toBe(true)
  expect((asked.mock.calls[1]?.[1].body as FormData).get('over')).toBe('on')
})

test('without consent nothing more is sent', async () => {
  const done = sending()
  await opened()
  dialog().close('')
  expect(await done).toMatchObject({ declined: true, response: { status: 409 } })
  expect(asked).toHaveBeenCalledTimes(1)
})
