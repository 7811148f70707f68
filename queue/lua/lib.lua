-- What the scripts have in common: it stands before each of them.
--
-- KEYS, the same for every script, all with one hash tag:
--
--   1 tickets  hash        tenant/job -> "state priority order token"
--   2 waiting  sorted set  "tenant/priority/order/job"; in the order of the bytes, since all scores are 0
--   3 ready    sorted set  "number order tenant" by the tenant's turn: who has a ticket waiting, and may run one more
--   4 delayed  sorted set  "tenant/job" by the time it is due
--   5 leases   sorted set  "tenant/job" by the time its lease ends
--   6 turns    hash        tenant -> its turn
--   7 shares   hash        tenant -> "step limit"
--   8 queued   hash        tenant -> how many tickets are waiting or delayed
--   9 running  hash        tenant -> how many tickets are claimed
--  10 clock    hash        "turn", the latest at which a tenant was served; "pushed" tickets so far; "epoch", which is another one
--                          after all of this was lost
--  11 passed   hash        tenant -> how many interactive tickets went before a bulk one that waited
--  12 seen     sorted set  tenant by the time when a ticket of it was pushed or claimed, or a claim ended, until it is about no more
--
-- A state is waiting, delayed or claimed; a priority is 0, or 1 for bulk; an order
-- says when the ticket came, in 16 digits; the token names the claim. In ready stands
-- how many tickets of the tenant are waiting, in 10 digits, and the order of the next
-- one: of tenants whose turn is the same, the one with fewer tickets comes first, and
-- then the one that has waited longer.
--
-- ARGV[1] is the channel on which is said that a Claim that waits should look again.
-- Times are in microseconds, and only the clock of Redis counts.

local tickets, waiting, ready, delayed, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local turns, shares, queued, running, clock, passed = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local seen = KEYS[12]

local patience = 9 -- of a bulk ticket with interactive ones of its tenant; as in dispatch.go

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

local function number(key, tenant)
  return tonumber(redis.call('HGET', key, tenant) or 0)
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

-- range returns the arguments that choose a tenant's tickets in waiting.
local function range(tenant)
  return '[' .. tenant .. '/', '(' .. tenant .. '0' -- the byte after the slash
end

-- first returns a tenant's first ticket of a priority in waiting; nil if there is none.
local function first(tenant, priority)
  local from = tenant .. '/' .. priority .. '/'
  return redis.call('ZRANGEBYLEX', waiting, '[' .. from, '(' .. from .. ':', 'LIMIT', 0, 1)[1] -- ':' comes after the digits
end

-- head returns the job of a tenant's next ticket, and how the tenant stands in ready;
-- nil if none is waiting.
local function head(tenant)
  local from, to = range(tenant)
  local next = number(passed, tenant) >= patience and first(tenant, 1) or first(tenant, 0) or first(tenant, 1)
  if next then
    local order, job = string.match(next, '^[^/]+/%d/(%d+)/(.*)$')
    return job, string.format('%010d %s %s', redis.call('ZLEXCOUNT', waiting, from, to), order, tenant)
  end
end

local function share(tenant)
  local step, limit = string.match(redis.call('HGET', shares, tenant) or '1 0', '^(%S+) (%d+)$')
  return tonumber(step), tonumber(limit)
end

-- change calls f, which may change what waits and what runs of a tenant, and then
-- puts the tenant where it belongs in ready. One that was not there gets no turns
-- that it missed, but comes before those that were.
local function change(tenant, f)
  local job, entry = head(tenant)
  local was = job and redis.call('ZREM', ready, entry) == 1
  f()
  job, entry = head(tenant)
  local _, limit = share(tenant)
  if not job or (limit > 0 and number(running, tenant) >= limit) then
    return
  end
  local turn = tonumber(redis.call('HGET', turns, tenant) or '-inf')
  if not was then
    turn = math.max(turn, tonumber(redis.call('HGET', clock, 'turn') or 0) - 1 / 1024)
    redis.call('HSET', turns, tenant, turn)
    wake()
  end
  redis.call('ZADD', ready, turn, entry)
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
  redis.call('ZADD', seen, now(), ticket.tenant)
  count(running, ticket.tenant, -1)
end
