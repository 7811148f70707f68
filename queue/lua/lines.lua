-- lines counts the tickets of each tenant that has any.
--
-- ARGV: channel
-- Result: a list of tenant, queued, claimed, and the first job of each priority that
-- waits for its turn, or ''.

local function counts(key)
  local list, of = redis.call('HGETALL', key), {}
  for i = 1, #list, 2 do
    of[list[i]] = tonumber(list[i + 1])
  end
  return of
end

local function job(tenant, priority)
  return string.match(first(tenant, priority) or '', '^[^/]+/%d/%d+/(.*)$') or ''
end

local queued, running, lines = counts(queued), counts(running), {}
local function add(tenant)
  lines[#lines + 1] = { tenant, queued[tenant] or 0, running[tenant] or 0, job(tenant, 0), job(tenant, 1) }
end
for tenant in pairs(queued) do
  add(tenant)
end
for tenant in pairs(running) do
  if not queued[tenant] then
    add(tenant)
  end
end
return lines
