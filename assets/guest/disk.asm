; disk
; AL = 0 reads, 1 writes LINE_SECTOR at `sector`. Carry: it failed.
move_sector:
%ifdef DISK
        push    ax
        mov     ah, 0x41                ; can it count sectors through?
        mov     bx, 0x55aa
        mov     dl, [boot_drive]
        int     0x13
        cli
        jc      .by_geometry
        cmp     bx, 0xaa55
        jne     .by_geometry
        test    cl, 1
        jz      .by_geometry
        pop     ax
        mov     dword [packet], 0x00010010
        mov     dword [packet + 4], sector
        mov     dword [packet + 8], LINE_SECTOR
        mov     dword [packet + 12], 0
        mov     ah, 0x42
        add     ah, al
        xor     al, al
        mov     si, packet
        mov     dl, [boot_drive]
        sti
        int     0x13
        cli
        ret
.by_geometry:
        mov     ax, LINE_SECTOR
        xor     dx, dx
        div     word [sectors]
        mov     cl, dl
        inc     cl
        xor     dx, dx
        div     word [heads]
        mov     dh, dl
        mov     ch, al
        mov     dl, [boot_drive]
        pop     ax
        mov     ah, 2
        add     ah, al
        mov     al, 1
        mov     bx, sector
        sti
        int     0x13
        cli
        ret
%else
        push    ax
        call    wait_disk
        mov     dx, 0x1f6
        mov     al, 0xe0                ; first disk, sectors counted through
        out     dx, al
        mov     dx, 0x1f2
        mov     al, 1
        out     dx, al
        inc     dx
        mov     al, LINE_SECTOR
        out     dx, al
        inc     dx
        xor     al, al
        out     dx, al
        inc     dx
        out     dx, al
        pop     ax
        mov     dx, 0x1f7
        test    al, al
        jnz     .write
        mov     al, 0x20
        out     dx, al
        call    wait_data
        jc      .end
        mov     di, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     insw
        clc
        ret
.write:
        mov     al, 0x30
        out     dx, al
        call    wait_data
        jc      .end
        mov     si, sector
        mov     cx, 256
        mov     dx, 0x1f0
        rep     outsw
        call    wait_disk
        jc      .end
        mov     dx, 0x1f7
        mov     al, 0xe7                ; out of its buffers
        out     dx, al
        call    wait_disk
        test    al, 1                   ; clears carry
        jz      .end
        stc
.end:
        ret

; Until it is not busy. AL: what it says. Carry: it never was.
wait_disk:
        mov     ecx, 0x200000
        mov     dx, 0x1f7
.look:
        in      al, dx
        test    al, 0x80
        jz      .free
        dec     ecx
        jnz     .look
        stc
        ret
.free:
        clc
        ret

; Until it wants or has data. Carry: it failed.
wait_data:
        call    wait_disk
        jc      .end
        mov     ecx, 0x200000
.look:
        in      al, dx
        test    al, 0x29
        jnz     .found
        dec     ecx
        jnz     .look
        stc
        ret
.found:
        test    al, 0x21                ; clears carry
        jz      .end
        stc
.end:
        ret
%endif
