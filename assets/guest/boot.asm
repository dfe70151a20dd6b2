; the first sector: brings the rest
boot:
        jmp     short .begin
        nop
        times 62 - ($ - $$) db 0        ; room that some BIOSes write a floppy's description into
.begin:
        cli
        xor     ax, ax
        mov     ds, ax
        mov     ss, ax
        mov     sp, 0x7c00
        sti
        cld
        mov     [boot_drive], dl
        mov     ax, PLACE
        mov     es, ax
        mov     word [sectors], 18
        mov     word [heads], 2
        push    es
        mov     ah, 8
        xor     di, di
        int     0x13
        pop     es
        jc      .geometry
        and     cx, 63
        jz      .geometry
        mov     [sectors], cx
        movzx   dx, dh
        inc     dx
        mov     [heads], dx
.geometry:
        mov     di, 1                   ; sector to bring
        mov     bx, 512                 ; to where
.next:
        mov     ax, di
        xor     dx, dx
        div     word [sectors]
        mov     cl, dl
        inc     cl
        xor     dx, dx
        div     word [heads]
        mov     dh, dl
        mov     ch, al
        mov     dl, [boot_drive]
        mov     ax, 0x0201
        push    di
        int     0x13
        pop     di
        jc      .broken
        add     bx, 512
        inc     di
        cmp     di, SECTORS
        jb      .next
        jmp     PLACE:start
.broken:
        mov     si, 0x7c00 + .words
.say:
        lodsb
        test    al, al
        jz      .stop
        mov     ah, 0x0e
        xor     bx, bx
        int     0x10
        jmp     .say
.stop:
        hlt
        jmp     .stop
.words: db "This disk cannot be read.", 0
        times 510 - ($ - $$) db 0
        dw 0xaa55
