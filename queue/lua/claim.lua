-- claim leases the next ticket: of the tenants in ready the first one's, whose turn
-- then moves on by its step. An interactive one counts if a bulk one waits. Before that, tickets that are due come to wait, and so
-- do those whose leases have ended, at most so many in one call that it stays short.
-- Where nobody else is in ready, one tenant's tickets are left there as long as another one is about.
--
-- ARGV: channel, token, lease, that tenant, how long one is about
-- Result: the epoch, and then tenant, job, priority; or, when there is no ticket, the
-- time until the next one is due, the next lease ends, or nobody else is about, or -1.

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

local pass, about = ARGV[4], tonumber(ARGV[5])
redis.call('ZREMRANGEBYSCORE', seen, '-inf', time - about)

-- others returns until when tenants other than one are about; nil if none is.
local function others(than)
  if redis.call('HLEN', running) > redis.call('HEXISTS', running, than) then
    return time + about
  end
  local latest = redis.call('ZREVRANGE', seen, 0, 1, 'WITHSCORES')
  local at = latest[1] == than and latest[4] or latest[1] ~= than and latest[2]
  return at and tonumber(at) + about
end

local front = redis.call('ZRANGE', ready, 0, 1, 'WITHSCORES')
local entry, turn = front[1], tonumber(front[2])
local kept -- until when what is there is left there
if entry and not front[3] and string.match(entry, '(%S+)$') == pass then
  kept = others(pass)
  entry = not kept and entry
end
if not entry then
  local next = kept or math.huge
  for _, key in ipairs({ delayed, leases }) do
    next = math.min(next, tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or 'inf'))
  end
  return { epoch, next < math.huge and math.max(next - time, 0) or -1 }
end
local tenant = string.match(entry, '(%S+)$')
local ticket = read(tenant, (head(tenant)))
redis.call('ZADD', seen, time, tenant)
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
