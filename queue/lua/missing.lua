-- missing tells which jobs of a tenant have no ticket.
--
-- ARGV: channel, tenant, jobs
-- Result: those that have none.

local missing = {}
for i = 3, #ARGV do
  if redis.call('HEXISTS', tickets, ARGV[2] .. '/' .. ARGV[i]) == 0 then
    missing[#missing + 1] = ARGV[i]
  end
end
return missing
