/** The permission for the local network: the step of the first-run window, the row of the settings, the card of a refusal. */
export const permission = () => ({
  title: `Local network`,
  path: `System Settings › Privacy & Security › Local Network`,
  states: {
    'not-needed': {
      title: `Not needed here`,
      words: `Only macOS asks before an app may use the local network.`,
    },
    'not-asked': {
      title: `Not asked yet`,
      words: `macOS will ask whether MCP Gangway may find devices on your local network. Choose Allow. Nothing is sent before you press the button.`,
    },
    asked: {
      title: `Asked, no sign of an answer`,
      words: `macOS has no way to tell an app what was decided. Name a device that is switched on, and ask again: one connection is proof.`,
    },
    granted: {
      title: `Allowed`,
      words: `Devices on your local network can be reached, by MCP Gangway and by the servers it runs.`,
    },
    denied: {
      title: `Refused`,
      words: `This Mac stopped every connection before anything was sent. That is what a missing permission looks like; a VPN or security software that closes off the local network looks the same.`,
    },
    stale: {
      title: `Allowed before, uncertain now`,
      reasons: {
        system: `macOS was updated since the permission was seen to work, and may have forgotten it.`,
        program: `The app was updated since the permission was seen to work, and macOS may want to be asked again.`,
        refused: `Since the permission was seen to work, this Mac has stopped a connection to a device near you before anything was sent.`,
      },
    },
  },
  asking: {
    title: `Waiting for an answer…`,
    words: `Choose Allow when macOS asks. If no question comes, it was answered before or macOS keeps it back; the result shows here within half a minute.`,
    answers: (count: number) => (count === 1 ? `1 device has answered.` : `${count} devices have answered.`),
  },
  target: {
    label: `A device to try (optional)`,
    placeholder: `192.168.1.20:8123`,
    invalid: `Write a name or an address, with a port if you like: nas.lan:8123`,
  },
  tried: {
    connected: (target: string) => `${target} answers.`,
    refused: (target: string) =>
      `${target} was reached, but no program listens on that port. The permission is not in the way.`,
    blocked: (target: string) => `The connection to ${target} was stopped as well.`,
    silent: (target: string) => `${target} does not answer. It may be off, asleep or at another address.`,
    unknownName: (target: string) => `${target}: there is no address for that name.`,
    routed: (target: string) =>
      `${target} is not on this Mac’s own network but behind a router, so it needs no permission and proves none.`,
    failed: (target: string, errno: string) => `${target} could not be reached (${errno}).`,
  },
  ask: `Request Access…`,
  askAgain: `Request Access Again…`,
  check: `Check Again`,
  stop: `Stop Waiting`,
  openSettings: `Open Local Network Settings`,
  where: (path: string) => `The switch is in ${path}.`,
  help: {
    noRow: {
      title: `MCP Gangway is not in that list`,
      steps: [
        `Move the app into the Applications folder, open it from there, and ask again: macOS lists an app only after it has used the local network.`,
        `Keep one copy. A second one, on a disk image or in Downloads, confuses the list.`,
        `Restart the Mac and ask again. Some versions of macOS hold back the question until then.`,
      ],
    },
    stillRefused: {
      title: `The switch is on, and connections are refused all the same`,
      steps: [
        `Turn the switch off and on again, then quit MCP Gangway and open it.`,
        `If the list shows the app twice, delete the copies you do not use and empty the Trash.`,
        `Restart the Mac.`,
        `Pause VPNs and security software that close off the local network, and check again.`,
      ],
    },
  },
  /** Beside the button that leads to the permission. */
  stopped: `macOS, or a security product or VPN, stopped the connection before anything was sent.`,
  fix: `Allow the Local Network…`,
});
