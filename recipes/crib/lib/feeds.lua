-- The prices that a CRIB cluster watches, from the stand-in adapters that are deployed with it.

local feeds = {}

--- An id begins with the version of its reports, 3, and has its number in the sixth byte.
local function id(number)
  return ('0x0003000000%02x%s'):format(number, ('0'):rep(52))
end

--- Each is { name, id, bridge, bridge_url }.
feeds.KEYSTONE = {
  { name = 'BTC/USD', id = id(1), bridge = 'mock-bridge-btc', bridge_url = 'http://external-adapter:4001' },
  { name = 'LINK/USD', id = id(2), bridge = 'mock-bridge-link', bridge_url = 'http://external-adapter:4002' },
  { name = 'NATIVE/USD', id = id(3), bridge = 'mock-bridge-native', bridge_url = 'http://external-adapter:4003' },
}

--- How a feed is called where / has a meaning.
function feeds.key(feed)
  return (feed.name:gsub('/', '-'))
end

--- @return string[] the ids of feeds
function feeds.ids(list)
  local ids = {}
  for index, feed in ipairs(list) do
    ids[index] = feed.id
  end
  return ids
end

return feeds
