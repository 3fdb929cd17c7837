-- NodeList files, in each of the forms they have had:
--     URL LOGIN PASSWORD
--     URL REMOTE_URL LOGIN PASSWORD        where we reach a node, and where other nodes do
--     HOST:PORT REMOTE:PORT LOGIN PASSWORD
-- Passwords become secrets as the file is read.

local fs = require 'fs'

local node_list = {}

local function with_scheme(address)
  return address:find '^%a[%w+.-]*://' and address or 'http://' .. address
end

--- The part of a URL that names the machine, with its port.
local function authority(url)
  return url:match '^%a[%w+.-]*://([^/]+)'
end

--- A node's name is shown everywhere: nothing secret may be in it.
local function check_address(url, position, path)
  local named = authority(url)
  if not named or named:find('@', 1, true) then
    fail {
      ('wrong nodes list format: the address of node %d of %s %s'):format(position, path,
        named and 'holds a login' or 'names no machine'),
      hint = 'an address is http://HOST:PORT; login and password are fields of their own',
      exit = 2,
    }
  end
end

local function read_row(row, position, path)
  if #row ~= 3 and #row ~= 4 then
    fail {
      ('wrong nodes list format: node %d of %s has %d fields'):format(position, path, #row),
      hint = 'a line is URL LOGIN PASSWORD or URL REMOTE_URL LOGIN PASSWORD, separated by blanks',
      exit = 2,
    }
  end
  local url = with_scheme(row[1])
  local remote = #row == 4 and with_scheme(row[2]) or url
  check_address(url, position, path)
  check_address(remote, position, path)
  return {
    name = authority(url),
    url = url,
    host = authority(remote):gsub(':%d+$', ''),
    email = row[#row - 1],
    password = row[#row],
  }
end

local function check(found, path)
  local seen = {}
  for index, node in ipairs(found) do
    if index > 1 and node.url:find('boot', 1, true) then
      fail { ('the single boot node must come first: %s of %s'):format(node.name, path), exit = 2 }
    elseif seen[node.name] then
      fail { ('%s is in %s twice'):format(node.name, path), exit = 2 }
    end
    seen[node.name] = true
  end
  if #found == 0 then
    fail { path .. ' has no nodes', hint = 'a line is URL LOGIN PASSWORD', exit = 2 }
  end
end

--- Reads the nodes in the order of the file. For setup or the body of a step.
--- @param path string
--- @return table list of { name, url, host, email, password }
function node_list.read(path)
  local found = {}
  for position, row in ipairs(fs.rows { path, keep = { ['password of node *'] = '/*/-' } }) do
    found[position] = read_row(row, position, path)
  end
  check(found, path)
  return found
end

return node_list
