; power
; Finds ACPI's registers: function 3 of a PIIX4, or the bridge of an ICH9, says where they are.
init_power:
        mov     di, 0x8000
.next:
        mov     al, 0
        call    read_pci                ; EAX: device and vendor
        cmp     eax, 0x71138086         ; PIIX4
        je      .found
        cmp     eax, 0x29188086         ; ICH9
        je      .found
        add     di, 8                   ; device and function count in these bits
        cmp     di, 0x8000 + 256 * 8
        jb      .next
        ret
.found:
        mov     al, 0x40
        call    read_pci
        and     ax, 0xffc0
        jnz     .known
%ifdef ROM
        mov     ax, 0xb000              ; an emulator that has it wired there and does not say so
%else
        ret
%endif
.known:
        mov     [pm_port], ax
        mov     dx, ax
        mov     ax, 0xffff
        out     dx, ax                  ; nothing that happened before counts
        add     dx, 2
        mov     ax, 0x100               ; the power button
        out     dx, ax
        mov     word [0x71 * 4], ignore_slave_irq
        mov     word [0x71 * 4 + 2], cs
        in      al, 0xa1
        and     al, 0xfd
        out     0xa1, al
        in      al, 0x21
        and     al, 0xfb
        out     0x21, al
        ret

look_at_power:
        mov     dx, [pm_port]
        test    dx, dx
        jz      .end
        in      ax, dx
        test    ah, 1
        jz      .end
        mov     ax, 0x100
        out     dx, ax
        mov     si, text_button
        call    say
        jmp     power_off
.end:
        ret

power_off:
        mov     dx, [pm_port]
        test    dx, dx
        jz      .stop
        add     dx, 4
        mov     ax, 0x2000              ; S5 as QEMU and Berth's own machine call it
        out     dx, ax
        mov     ax, 0x3400              ; S5 as VirtualBox calls it
        out     dx, ax
.stop:
        cli
        hlt
        jmp     .stop

; DI: 0x8000 + (device and function) × 8; AL: register. Gives EAX.
read_pci:
        call    choose_pci
        mov     dx, 0xcfc
        in      eax, dx
        ret
choose_pci:
        push    ecx
        movzx   ecx, di
        sub     ecx, 0x8000
        shl     ecx, 5
        or      ecx, 0x80000000
        mov     cl, al
        and     cl, 0xfc
        mov     eax, ecx
        mov     dx, 0xcf8
        out     dx, eax
        pop     ecx
        ret
