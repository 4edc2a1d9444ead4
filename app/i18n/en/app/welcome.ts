/** The first-run window. */
export const welcome = () => ({
  title: `Welcome to MCP Gangway`,
  lead: `Some MCP clients start their servers without access to your network. MCP Gangway opens one port, and through it they reach what this Mac reaches.`,
  on: {
    title: `Turn it on`,
    words: `It lives in the menu bar. If the icon is not there, look in System Settings › Menu Bar, or open the app again.`,
  },
  clients: {
    title: `Make your servers work`,
    words: `Claude Desktop, Cursor and others keep their MCP servers in a file. MCP Gangway finds it and changes it for you, after a preview; everything can be undone.`,
    open: `Choose Servers…`,
    byHand: `Or by hand: copy the configuration and paste it into your MCP client’s own.`,
  },
  network: {
    title: `Allow the local network`,
  },
  shared: {
    title: `Other people use this Mac`,
    words: (people: number) =>
      `${people} people have an account here, and the programs of all of them reach the port. With a token only clients that have one come in; those that are set up here get theirs by themselves.`,
    require: `Require a token`,
  },
  login: { title: `Launch at login` },
  done: `Done`,
});
