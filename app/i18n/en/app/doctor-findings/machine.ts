import { findings } from '../../../finding-words.ts';

/** This copy of the app, and what else looks at the network here. */
export const machine = () =>
  findings({
    translocated: {
      what: () => `MCP Gangway runs from a temporary place.`,
      why: () =>
        `macOS runs an app that was downloaded and not moved from a place that changes with each start; permissions do not last.`,
      steps: () => [`Quit MCP Gangway, move it into Applications and open it from there.`],
    },
    unsigned: {
      what: () => `This copy of MCP Gangway is not signed by a known developer.`,
      why: () =>
        `macOS recognises apps by their signature. Without one, the permission for the local network is unreliable.`,
      steps: () => [`Use the released app.`],
    },
    'foreign-uuid': {
      what: () => `This copy of MCP Gangway shares its identity with other apps.`,
      why: () =>
        `macOS keeps the permission by a number in the program file, and this one's was not made for MCP Gangway. Another app's answer may stand for it.`,
      steps: () => [`Use the released app.`],
    },
    copies: {
      what: ({ copies }) => `There are ${copies.length} copies of MCP Gangway on this Mac.`,
      why: ({ copies }) => `${copies.join(', ')}. With several copies, macOS may ask the wrong one for its permission.`,
      steps: () => [`Keep the one in Applications and delete the others.`],
    },
    filter: {
      what: ({ products }) =>
        products === ''
          ? `A content filter looks at the network traffic of this Mac.`
          : `A security product looks at the network traffic of this Mac: ${products}.`,
      why: () => `If a connection breaks off or hangs, it may be the reason.`,
      steps: () => [],
    },
    vpn: {
      what: ({ vpns }) => `A VPN is connected: ${vpns}.`,
      why: () => `Some VPNs keep programs from the local network.`,
      steps: () => [],
    },
  });
