/** What the server does only if the person says so: it names the field that says it, the page asks. */
import { explain, send } from '../send'

/** Ask with the sentence of the server; false without the dialog. */
function ask(dialog: HTMLElement | null, text: string): Promise<boolean> {
  if (!(dialog instanceof HTMLDialogElement)) return Promise.resolve(false)
  const place = dialog.querySelector('[data-consent-text]')
  if (place) place.textContent = text
  dialog.returnValue = ''
  dialog.showModal()
  return new Promise(answer => dialog.addEventListener('close', () => answer(dialog.returnValue === 'yes'), { once: true }))
}

/** Post a form; where the server wants consent, ask and post it again. Declined, its refusal is the answer, marked. */
export async function sendWithConsent(url: string, body: FormData, dialogId: string): Promise<{ response: Response; declined: boolean }> {
  const response = await send(url, body)
  const field = response.headers.get('X-Consent')
  if (response.ok || !field) return { response, declined: false }
  if (!(await ask(document.getElementById(dialogId), explain(response)))) return { response, declined: true }
  body.set(field, 'on')
  return { response: await send(url, body), declined: false }
}
