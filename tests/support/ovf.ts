/** A description with one disk in `href`, as far as VirtualBox needs one to make a machine. */
export function ovfText(href: string, more = ''): string {
  const ovf = 'http://schemas.dmtf.org/ovf/envelope/1'
  const rasd = 'http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData'
  const item = (id: number, type: number, rest: string): string =>
    `<Item><rasd:ElementName>${id}</rasd:ElementName><rasd:InstanceID>${id}</rasd:InstanceID><rasd:ResourceType>${type}</rasd:ResourceType>${rest}</Item>`
  return `<?xml version="1.0"?>
<Envelope ovf:version="1.0" xmlns="${ovf}" xmlns:ovf="${ovf}" xmlns:rasd="${rasd}">
<References><File ovf:href="${href}" ovf:id="file1"${more}/></References>
<DiskSection><Info>disks</Info><Disk ovf:capacity="8388608" ovf:diskId="disk1" ovf:fileRef="file1" ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/></DiskSection>
<VirtualSystem ovf:id="stranger"><Info>machine</Info><VirtualHardwareSection><Info>hardware</Info>
${item(1, 3, '<rasd:VirtualQuantity>1</rasd:VirtualQuantity>')}
${item(2, 4, '<rasd:AllocationUnits>MegaBytes</rasd:AllocationUnits><rasd:VirtualQuantity>16</rasd:VirtualQuantity>')}
${item(3, 5, '<rasd:ResourceSubType>PIIX4</rasd:ResourceSubType><rasd:Address>0</rasd:Address>')}
${item(4, 17, '<rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>/disk/disk1</rasd:HostResource><rasd:Parent>3</rasd:Parent>')}
</VirtualHardwareSection></VirtualSystem></Envelope>`
}
