-- push queues a ticket, unless there is one of its job, and notes the tenant's share.
--
-- ARGV: channel, tenant, job, priority, delay, step, limit
-- Result: 1, or 0 if there is a ticket already.

local tenant, job, delay = ARGV[2], ARGV[3], tonumber(ARGV[5])
local new = 0
change(tenant, function()
  redis.call('HSET', shares, tenant, ARGV[6] .. ' ' .. ARGV[7])
  if redis.call('HEXISTS', tickets, tenant .. '/' .. job) == 0 then
    new = 1
    redis.call('ZADD', seen, now(), tenant)
    local order = string.format('%016.0f', redis.call('HINCRBY', clock, 'pushed', 1))
    queue({ tenant = tenant, job = job, priority = ARGV[4], order = order }, delay)
  end
end)
return new
