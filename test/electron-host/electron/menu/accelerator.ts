const modifiers = new Set(
  'command cmd control ctrl commandorcontrol cmdorctrl alt option altgr shift super meta'.split(' '),
);

const namedKeys = new Set(
  [
    'plus space tab capslock numlock scrolllock backspace delete insert return enter escape esc printscreen',
    'up down left right home end pageup pagedown',
    'volumeup volumedown volumemute medianexttrack mediaprevioustrack mediastop mediaplaypause',
    'numdec numadd numsub nummult numdiv',
  ]
    .join(' ')
    .split(' '),
);

const functionKey = /^f([1-9]|1\d|2[0-4])$/;
const numberPadKey = /^num\d$/;
const printable = /^[!-~]$/;

/** Why an accelerator such as `CmdOrCtrl+Q` would do nothing, or undefined when it is sound. */
export function acceleratorFault(accelerator: string): string | undefined {
  const parts = accelerator.split('+').map((part) => part.trim().toLowerCase());
  const keys = parts.filter((part) => !modifiers.has(part));
  const unknown = keys.find((key) => !isKey(key));
  if (unknown !== undefined) return `'${unknown}' names no key`;
  return keys.length === 1 ? undefined : 'it has to hold exactly one key';
}

function isKey(name: string): boolean {
  return namedKeys.has(name) || functionKey.test(name) || numberPadKey.test(name) || printable.test(name);
}
