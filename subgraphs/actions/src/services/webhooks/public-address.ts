import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address is one of the public Internet's: what is loopback, private, link-local, shared (CGNAT),
 * multicast, reserved or documentation by the special-purpose registries (RFC 6890) is not. Nor is what carries another
 * address inside (IPv4-mapped, NAT64, 6to4, Teredo): where that leads is for somebody else's network to say. What is no
 * address is not public.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' ? !platforms.has(address.toString()) : address.match(globalUnicast);
}

/** All that is given out of IPv6 so far (RFC 4291, 2.4; IANA). Everything else is inner, or nothing yet. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

/** Metadata and platform services of clouds that answer under addresses that look public: Azure's. */
const platforms = new Set(['168.63.129.16']);
