-- end ends a lease: the ticket is gone, or is given back, to its place in the order.
--
-- ARGV: channel, tenant, job, token, delay; the delay is -1 if the ticket is gone
-- Result: 1, or 0 if the lease was lost.

local delay = tonumber(ARGV[5])
local ticket = read(ARGV[2], ARGV[3])
if not ticket or ticket.token ~= ARGV[4] then
  return 0
end
change(ticket.tenant, function()
  unlease(ticket)
  if delay < 0 then
    redis.call('HDEL', tickets, place(ticket))
  else
    queue(ticket, delay)
  end
end)
return 1
