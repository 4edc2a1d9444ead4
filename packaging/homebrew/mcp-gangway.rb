cask "mcp-gangway" do
  version "{{version}}"
  sha256 "{{sha256}}"

  url "{{repository}}/releases/download/v#{version}/{{artifact}}"
  name "{{product}}"
  desc "Lends its network to MCP servers and serves them to every MCP client"
  homepage "{{repository}}"

  livecheck do
    url :url
    strategy :github_latest
  end

{{auto_updates}}  depends_on macos: ">= :{{macos}}"

  app "{{product}}.app"
  binary "#{appdir}/{{product}}.app/Contents/Resources/bin/mcp-gangway"

  uninstall quit: "{{id}}"

  zap trash: [
    "~/Library/Application Support/{{product}}",
    "~/Library/Caches/{{id}}",
    "~/Library/Caches/{{id}}.ShipIt",
    "~/Library/Caches/{{name}}-updater",
    "~/Library/HTTPStorages/{{id}}",
    "~/Library/Logs/{{product}}",
    "~/Library/Preferences/{{id}}.plist",
    "~/Library/Saved Application State/{{id}}.savedState",
  ]

  caveats <<~EOS
    Before you uninstall {{product}}, choose Undo All Changes in its window Clients:
    servers that lead to a port where nothing listens reach nothing.
  EOS
end
