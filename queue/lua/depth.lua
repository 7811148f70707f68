-- depth counts a tenant's tickets.
--
-- ARGV: channel, tenant
-- Result: how many are queued, those that are delayed among them; how many are claimed.

local function number(key)
  return tonumber(redis.call('HGET', key, ARGV[2]) or 0)
end
return { number(queued), number(running) }
