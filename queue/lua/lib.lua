-- What the scripts have in common: it stands before each of them.
--
-- KEYS, the same for every script, all with one hash tag:
--
--   1 tickets  hash        tenant/job -> "state priority order token"
--   2 waiting  sorted set  "tenant/priority/order/job"; in the order of the bytes, since all scores are 0
--   3 ready    sorted set  "order tenant" by the tenant's turn: who has a ticket waiting, and may run one more
--   4 delayed  sorted set  "tenant/job" by the time it is due
--   5 leases   sorted set  "tenant/job" by the time its lease ends
--   6 turns    hash        tenant -> its turn
--   7 shares   hash        tenant -> "step limit"
--   8 queued   hash        tenant -> how many tickets are waiting or delayed
--   9 running  hash        tenant -> how many tickets are claimed
--  10 clock    hash        "turn" of the tenant that was served last, "pushed" tickets so far
--
-- A state is waiting, delayed or claimed; a priority is 0, or 1 for bulk; an order
-- is the number of the ticket, in 16 digits; the token names the claim. In ready
-- stands the order of the tenant's next ticket: of tenants whose turn is the same,
-- the one comes first that has waited longer.
--
-- ARGV[1] is the channel on which is said that a Claim that waits should look again.
-- Times are in microseconds, and only the clock of Redis counts.

local tickets, waiting, ready, delayed, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local turns, shares, queued, running, clock = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]

local function now()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function wake()
  redis.call('PUBLISH', ARGV[1], '')
end

local function count(key, tenant, by)
  if redis.call('HINCRBY', key, tenant, by) <= 0 then
    redis.call('HDEL', key, tenant)
  end
end

-- A ticket is a table: tenant, job, state, priority, order, token.
local function place(ticket)
  return ticket.tenant .. '/' .. ticket.job
end

-- read returns a ticket; nil if there is none.
local function read(tenant, job)
  local value = redis.call('HGET', tickets, tenant .. '/' .. job)
  if value then
    local state, priority, order, token = string.match(value, '^(%a+) (%d) (%d+) (.*)$')
    return { tenant = tenant, job = job, state = state, priority = priority, order = order, token = token }
  end
end

-- at returns the ticket of a place, as it stands in delayed and leases.
local function at(name)
  return read(string.match(name, '^([^/]+)/(.*)$'))
end

local function write(ticket, state, token)
  ticket.state, ticket.token = state, token
  redis.call('HSET', tickets, place(ticket), table.concat({ state, ticket.priority, ticket.order, token }, ' '))
end

-- member is how a ticket stands in waiting.
local function member(ticket)
  return table.concat({ ticket.tenant, ticket.priority, ticket.order, ticket.job }, '/')
end

-- head returns a tenant's next ticket of those that wait: its order and its job.
local function head(tenant)
  local first = redis.call('ZRANGEBYLEX', waiting, '[' .. tenant .. '/', '(' .. tenant .. '0', 'LIMIT', 0, 1)[1]
  if first then
    return string.match(first, '^[^/]+/%d/(%d+)/(.*)$')
  end
end

local function share(tenant)
  local step, limit = string.match(redis.call('HGET', shares, tenant) or '1 0', '^(%S+) (%d+)$')
  return tonumber(step), tonumber(limit)
end

-- change calls f, which may change what waits and what runs of a tenant, and then
-- puts the tenant where it belongs in ready. One that was not there does not get the
-- turns that it missed, but for one: so it is next, once.
local function change(tenant, f)
  local order = head(tenant)
  local was = order and redis.call('ZREM', ready, order .. ' ' .. tenant) == 1
  f()
  order = head(tenant)
  local step, limit = share(tenant)
  if not order or (limit > 0 and tonumber(redis.call('HGET', running, tenant) or 0) >= limit) then
    return
  end
  local turn = tonumber(redis.call('HGET', turns, tenant) or '-inf')
  if not was then
    turn = math.max(turn, tonumber(redis.call('HGET', clock, 'turn') or 0) - step)
    redis.call('HSET', turns, tenant, turn)
    wake()
  end
  redis.call('ZADD', ready, turn, order .. ' ' .. tenant)
end

-- queue puts a ticket among those that wait, for a turn or for their time.
local function queue(ticket, delay)
  count(queued, ticket.tenant, 1)
  if delay <= 0 then
    write(ticket, 'waiting', '')
    redis.call('ZADD', waiting, 0, member(ticket))
    return
  end
  write(ticket, 'delayed', '')
  redis.call('ZADD', delayed, now() + delay, place(ticket))
  if redis.call('ZRANK', delayed, place(ticket)) == 0 then
    wake()
  end
end

-- unlease ends a lease.
local function unlease(ticket)
  redis.call('ZREM', leases, place(ticket))
  count(running, ticket.tenant, -1)
end
