-- claim leases the next ticket: of the tenants in ready the first one's, whose turn
-- then moves on by its step. An interactive one counts if a bulk one waits. Before that, tickets that are due come to wait, and so
-- do those whose leases have ended, at most so many in one call that it stays short.
--
-- ARGV: channel, token, lease
-- Result: the epoch, and then tenant, job, priority; or, when there is no ticket, the
-- time until the next one is due or the next lease ends, or -1.

local most = 100
local time = now()

local function due(key)
  return ipairs(redis.call('ZRANGEBYSCORE', key, '-inf', time, 'LIMIT', 0, most))
end

for _, name in due(delayed) do
  local ticket = at(name)
  redis.call('ZREM', delayed, name)
  count(queued, ticket.tenant, -1)
  change(ticket.tenant, function() queue(ticket, 0) end)
end
for _, name in due(leases) do
  local ticket = at(name)
  change(ticket.tenant, function()
    unlease(ticket)
    queue(ticket, 0)
  end)
end

redis.call('HSETNX', clock, 'epoch', ARGV[2])
local epoch = redis.call('HGET', clock, 'epoch')

local front = redis.call('ZRANGE', ready, 0, 0, 'WITHSCORES')
if not front[1] then
  local next = math.huge
  for _, key in ipairs({ delayed, leases }) do
    next = math.min(next, tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or 'inf'))
  end
  return { epoch, next < math.huge and math.max(next - time, 0) or -1 }
end
local tenant, turn = string.match(front[1], '(%S+)$'), tonumber(front[2])
local ticket = read(tenant, (head(tenant)))
change(tenant, function()
  redis.call('ZREM', waiting, member(ticket))
  if ticket.priority == '0' and first(tenant, 1) then
    redis.call('HINCRBY', passed, tenant, 1)
  else
    redis.call('HDEL', passed, tenant)
  end
  count(queued, tenant, -1)
  count(running, tenant, 1)
  redis.call('ZADD', leases, time + tonumber(ARGV[3]), place(ticket))
  write(ticket, 'claimed', ARGV[2])
  turn = math.max(turn, tonumber(redis.call('HGET', clock, 'turn') or 0))
  redis.call('HSET', clock, 'turn', turn)
  redis.call('HSET', turns, tenant, turn + share(tenant))
end)
return { epoch, tenant, ticket.job, ticket.priority }
