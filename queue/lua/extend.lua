-- extend lets a lease end later.
--
-- ARGV: channel, tenant, job, token, lease
-- Result: 1, or 0 if the lease was lost.

local ticket = read(ARGV[2], ARGV[3])
if not ticket or ticket.token ~= ARGV[4] then
  return 0
end
redis.call('ZADD', leases, now() + tonumber(ARGV[5]), place(ticket))
return 1
