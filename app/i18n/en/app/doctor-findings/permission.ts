import { findings } from '../../../finding-words.ts';

/** Where macOS keeps what is talked about, in the words of System Settings. */
export const panes = {
  localNetwork: `System Settings › Privacy & Security › Local Network`,
  extensions: `System Settings › General › Login Items & Extensions › Network Extensions`,
} as const;

/** The Local Network permission of macOS, and what looks like it. */
export const permission = () =>
  findings({
    'permission-open': {
      what: ({ target }) => `macOS has not yet let MCP Gangway into the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only macOS itself is that quick, and its question about the local network has not been answered.`,
      steps: () => [
        `Ask for the permission again with MCP Gangway in front, and answer Allow.`,
        `If no question appears, open ${panes.localNetwork} and switch MCP Gangway on.`,
        `If it is not in that list, restart the Mac and ask once more.`,
      ],
    },
    'permission-denied': {
      what: ({ target }) => `macOS does not let MCP Gangway into the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent, and the permission is switched off.`,
      steps: () => [
        `Open ${panes.localNetwork} and switch MCP Gangway on.`,
        `Run Doctor again. If nothing has changed, switch it off and on once more, then restart the Mac.`,
      ],
    },
    'permission-stale': {
      what: ({ target }) =>
        `macOS lists MCP Gangway as allowed and still keeps it from the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}) although the permission had been given. macOS sometimes holds an outdated record, most often when there were several copies of an app.`,
      steps: ({ copies }) => [
        `Open ${panes.localNetwork}, switch MCP Gangway off and on again.`,
        `Quit MCP Gangway and open it again from Applications.`,
        ...(copies.length > 1 ? [`Delete the other copies: ${copies.join(', ')}.`] : []),
        `If it still fails, restart the Mac.`,
      ],
    },
    'permission-unknown': {
      what: ({ target }) => `macOS keeps this program from the local network, so ${target} is out of reach.`,
      why: ({ errno, milliseconds }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), before anything was sent. Only this Mac itself is that quick; a missing Local Network permission is the usual reason.`,
      steps: () => [
        `Open ${panes.localNetwork}. If MCP Gangway is listed and off, switch it on.`,
        `If it is listed and on, switch it off and on again, then quit MCP Gangway and open it from Applications.`,
        `If it is not listed, open the app, ask for the permission there with its window in front, and answer Allow.`,
        `If nothing helps, restart the Mac.`,
      ],
    },
    'after-update': {
      what: ({ target, macosNow }) =>
        `Since the update to macOS ${macosNow}, MCP Gangway does not reach ${target} any more.`,
      why: ({ macosBefore }) =>
        `The local network was last reached under macOS ${macosBefore}. A major update rebuilds the records by which macOS recognises apps, and some permissions get lost.`,
      steps: () => [
        `Open ${panes.localNetwork}, switch MCP Gangway off and on again.`,
        `If it is not in that list, ask for the permission again with MCP Gangway in front.`,
        `If it still fails, restart the Mac.`,
      ],
    },
    'blocked-for-all': {
      what: ({ target }) => `Something on this Mac keeps every program from ${target}, not just MCP Gangway.`,
      why: ({ errno, milliseconds, products, vpns }) =>
        `The connection was refused after ${milliseconds} ms (${errno}), although Doctor runs where macOS itself lets everything through. ${
          products !== ''
            ? `These programs filter the network: ${products}.`
            : vpns !== ''
              ? `A VPN is connected: ${vpns}.`
              : `A VPN or a security product is the usual reason.`
        }`,
      steps: ({ products, vpns }) => [
        ...(vpns === ''
          ? []
          : [`Disconnect ${vpns}, or allow local network traffic in its settings, and run Doctor again.`]),
        ...(products === '' ? [] : [`Pause ${products} under ${panes.extensions}, and run Doctor again.`]),
        `Allow connections to the local network in the product that turns out to be the one.`,
      ],
    },
    service: {
      what: () => `This program was started by a background service.`,
      why: ({ startedBy }) =>
        `macOS never asks on behalf of launch agents (${startedBy}), so they stay out of the local network.`,
      steps: () => [`Start MCP Gangway as an app, as a login item or from Terminal.`],
    },
    'other-app': {
      what: ({ startedBy }) => `This program was started by ${startedBy}, whose permission counts here.`,
      why: () =>
        `Apple's Terminal and SSH usually pass the permission for the local network on; the terminals of other apps do not.`,
      steps: ({ startedBy }) => [
        `Run Doctor from Terminal or from the app, or allow ${startedBy} under ${panes.localNetwork}.`,
      ],
    },
  });

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
